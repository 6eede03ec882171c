import type { Fact } from '#adapters';
import type { ANSWERS } from '#canonical';

/** Something that a source said, once; the same may be said again under another id. */
export interface Telling {
  readonly id: string;
  readonly source: string;
  readonly fact: Fact;
}

/**
 * What an administrator does about the record of a student register: says that it is not who it was joined with, or answers the one
 * question that its parked lists ask. Where there is nothing to say or to answer, nothing happens.
 */
export interface Deed {
  readonly does: 'separate' | (typeof ANSWERS)[number];
  readonly source: string;
  readonly localId: string;
}

/** The sources' words, as they reach the hub, what humans do there, and the days between them. */
export type Step =
  | { readonly is: 'told'; readonly telling: Telling; readonly how: 'new' | 'late' | 'again' | 'resent' } // prettier-ignore
  | { readonly is: 'done'; readonly deed: Deed }
  | { readonly is: 'days'; readonly days: number };

export interface History {
  readonly steps: readonly Step[];
  /** The code of the unit that may go to another owner, where it is not the world’s. */
  readonly travelling?: string;
}

/** A telling or a deed, and when it came: all that the model is given. Days are counted as `dayNumber` counts them. */
export type Heard = ({ readonly telling: Telling } | { readonly deed: Deed }) & {
  readonly day: number;
};

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
