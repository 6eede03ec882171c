import { NEVER, addDays } from '#canonical';
import type { Issue } from './adapter.js';
import { ISSUES_MAX, correct } from './redact.js';

const INSTANT =
  /^\d{4}-\d{2}-\d{2}[Tt](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
const DAY_MINUTES = 24 * 60;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const YEAR_MIN = 1800;
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
    const day = text.slice(0, 10);
    if (INSTANT.test(text) && dayExists(day)) {
      const minutes = minutesAt(text, 11) - offsetMinutes(text);
      const shift = Math.floor(minutes / DAY_MINUTES);
      // A year beyond 9999 has another form, and the order of the text would not be the order in time.
      if (day !== NEVER || shift <= 0) {
        const utcDay = shift === 0 ? day : addDays(day, shift);
        return `${utcDay}T${clock(minutes - shift * DAY_MINUTES)}${text.slice(16, 19)}.${decimalsOf(text)}Z`;
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

function minutesAt(text: string, index: number): number {
  return Number(text.slice(index, index + 2)) * 60 + Number(text.slice(index + 3, index + 5));
}

/** How far the clock of the text is ahead of UTC. Worked out by hand: as a Date each time costs 2 µs more, a third of a translation. */
function offsetMinutes(text: string): number {
  const sign = text.at(-6);
  if (sign !== '+' && sign !== '-') return 0;
  const minutes = minutesAt(text, text.length - 5);
  return sign === '+' ? minutes : -minutes;
}

function clock(minutes: number): string {
  const [hour, minute] = [Math.floor(minutes / 60), minutes % 60];
  return `${hour < 10 ? '0' : ''}${hour}:${minute < 10 ? '0' : ''}${minute}`;
}

function decimalsOf(text: string): string {
  if (text[19] !== '.') return '000000';
  const end = /[Zz]$/.test(text) ? -1 : -6;
  return text.slice(20, end).slice(0, 6).padEnd(6, '0');
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
