import type { Issue } from './adapter.js';
import { ISSUES_MAX, correct } from './redact.js';

const INSTANT =
  /^(\d{4}-\d{2}-\d{2})[Tt]([01]\d|2[0-3])(:[0-5]\d:[0-5]\d)(?:\.(\d{1,9}))?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const YEAR_MIN = 1800;
const ISO_LENGTH = '2026-08-18T04:15:22.417Z'.length;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * One event on its way from the source's words to facts. Each function gives the value in the form of `facts.ts`, or notes an issue and
 * gives anything: with an issue noted no fact is used.
 */
export class Reading {
  readonly issues: Issue[] = [];

  /** @param time the CloudEvents attribute, for sources that give their objects no time */
  constructor(readonly time: string | undefined) {}

  issue(pointer: string, says: string): void {
    if (this.issues.length < ISSUES_MAX) this.issues.push({ pointer, says });
  }

  /** UTC with six decimals, what PostgreSQL keeps; finer ones are cut. */
  instant(pointer: string, text: string): string {
    const [, day = '', hour, rest, decimals = '', zone = ''] = INSTANT.exec(text) ?? [];
    if (dayExists(day)) {
      const at = new Date(`${day}T${hour}${rest}${zone.toUpperCase()}`).toISOString();
      // A year beyond 9999 has another form, and the order of the text would not be the order in time.
      if (at.length === ISO_LENGTH) {
        return `${at.slice(0, 19)}.${decimals.slice(0, 6).padEnd(6, '0')}Z`;
      }
    }
    this.issue(pointer, correct('a time that exists, with date and zone as in RFC 3339'));
    return text;
  }

  instantIfAny(pointer: string, text: string | undefined): string | undefined {
    return text === undefined ? undefined : this.instant(pointer, text);
  }

  /** The instant of the first text that is there; an issue when none is: the first pointer's, with `says`. */
  firstInstant(
    texts: readonly (readonly [pointer: string, text: string | undefined])[],
    says: string,
  ): string {
    for (const [at, text] of texts) if (text !== undefined) return this.instant(at, text);
    this.issue(texts[0]?.[0] ?? '/', says);
    return '';
  }

  day(pointer: string, text: string): string {
    if (!dayExists(text)) {
      this.issue(pointer, correct(`a day that exists, YYYY-MM-DD, from the year ${YEAR_MIN}`));
    }
    return text;
  }

  dayIfAny(pointer: string, text: string | undefined): string | undefined {
    return text === undefined ? undefined : this.day(pointer, text);
  }

  /** Notes an issue at `pointer`, the end's, unless the end is at or after the start; both days or both instants. */
  order(pointer: string, start: string | undefined, end: string | undefined): void {
    if (start !== undefined && end !== undefined && end < start) {
      this.issue(pointer, correct('an end that is not before its start'));
    }
  }

  oneOf<const T extends readonly string[]>(pointer: string, text: string, values: T): T[number] {
    if (!values.includes(text)) this.issue(pointer, correct(`one of ${values.join(', ')}`));
    return text;
  }

  oneOfIfAny<const T extends readonly string[]>(
    pointer: string,
    text: string | undefined,
    values: T,
  ): T[number] | undefined {
    return text === undefined ? undefined : this.oneOf(pointer, text, values);
  }
}

/** The same object has the same id, in whichever case its UUID is written. */
export function localId(text: string): string {
  return UUID.test(text) ? text.toLowerCase() : text;
}

/** Date itself takes 30 February for 2 March. */
function dayExists(text: string): boolean {
  const year = Number(text.slice(0, 4));
  const month = Number(text.slice(5, 7));
  const day = Number(text.slice(8, 10));
  if (!(text.length === 10 && year >= YEAR_MIN && month >= 1 && month <= 12)) return false;
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
  return day >= 1 && day <= DAYS_IN_MONTH[month - 1]! + leap;
}
