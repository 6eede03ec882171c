import type { Fact } from '#adapters';

/** Something that a source said, once; the same may be said again under another id. */
export interface Telling {
  readonly id: string;
  readonly source: string;
  readonly fact: Fact;
}

/** The sources' words, as they reach the hub, and the days between them. */
export type Step =
  | { readonly is: 'told'; readonly telling: Telling; readonly how: 'new' | 'late' | 'again' | 'resent' } // prettier-ignore
  | { readonly is: 'days'; readonly days: number };

export interface History {
  readonly steps: readonly Step[];
  /** The code of the unit that may go to another owner, where it is not the world’s. */
  readonly travelling?: string;
}

/** A telling and when it came: all that the model is given. Days are counted as `dayNumber` counts them. */
export interface Heard {
  readonly telling: Telling;
  readonly day: number;
}

const DAY_MS = 86_400_000;
const numbers = new Map<string, number>();

/** Days since 1970 of a day YYYY-MM-DD. */
export function dayNumber(day: string): number {
  let number = numbers.get(day);
  if (number === undefined) numbers.set(day, (number = Date.parse(day.slice(0, 10)) / DAY_MS));
  return number;
}

const texts = new Map<number, string>();

export function dayText(number: number): string {
  let text = texts.get(number);
  if (text === undefined) {
    texts.set(number, (text = new Date(number * DAY_MS).toISOString().slice(0, 10)));
  }
  return text;
}
