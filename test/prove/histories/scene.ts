import type { Book, BookedEnrolment, Books } from './books.js';
import type { Tape } from './tape.js';
import { PERSONS, TRAVELLING, UNITS } from './world.js';

/** What a happening has to choose from. */
export interface Scene {
  readonly tape: Tape;
  readonly books: Books;
  /** Whom it is about: an index of `PERSONS`. */
  readonly person: number;
  readonly persons: number;
  /** The huvudmän of this history. */
  readonly huvudmen: readonly string[];
}

export const REGISTERS: Readonly<Record<string, string>> = {
  alfakommun: 'alfa-register',
  betaskolan: 'beta-register',
  gammaskolan: 'gamma-register',
};
export const PLATFORMS: Readonly<Record<string, string>> = {
  alfakommun: 'alfa-platform',
  betaskolan: 'beta-platform',
};
const DOMAINS: Readonly<Record<string, string>> = {
  alfakommun: 'alfa.example',
  betaskolan: 'beta.example',
  gammaskolan: 'gamma.example',
};

export function openAt(scene: Scene, huvudman: string): Book {
  return openIn(scene, REGISTERS[huvudman]!, huvudman);
}

/** A register may know somebody by a TF number first. */
export function openIn({ books, person, tape }: Scene, source: string, huvudman: string): Book {
  const known = books.bookOf(source, person);
  if (known !== undefined) return known;
  const book = books.open(source, huvudman, person);
  if (tape.chance(40)) book.number = PERSONS[person]!.tfNumber;
  return book;
}

export function enrolmentAt(
  { tape, person, books }: Scene,
  huvudman: string,
  start: number,
): BookedEnrolment {
  const own = UNITS.filter((one) => one.huvudman === huvudman).map(({ code }) => code);
  if (books.travelling.owner === huvudman) own.push(TRAVELLING.code);
  const unit = tape.pick(own);
  return { unit, schoolType: 'GR', schoolYear: person === 0 ? 9 : 6, start, cancelled: false };
}

export function eppnOf({ tape, person }: Scene, huvudman: string, by: string): string {
  const renamed = tape.chance(40) ? '2' : '';
  return `${PERSONS[person]!.name.toLowerCase()}${by}${renamed}@${DOMAINS[huvudman]!}`;
}

export function present({ books, person }: Scene): Book[] {
  return books.books.filter((book) => book.person === person && !book.isRemoved);
}

/** A book of the person that something can be done to, and the enrolment in question. */
export function pickEnrolment(
  scene: Scene,
  fits: (enrolment: BookedEnrolment) => boolean,
): { book: Book; enrolment: BookedEnrolment } | undefined {
  const all = present(scene).flatMap((book) =>
    book.enrolments.filter(fits).map((enrolment) => ({ book, enrolment })),
  );
  return all.length === 0 ? undefined : scene.tape.pick(all);
}
