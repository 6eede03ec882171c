import type { Book, BookedEnrolment } from './books.js';
import {
  accountEppn,
  answer,
  changeNumber,
  dropStaff,
  getNumber,
  liftMarking,
  mark,
  registerEppn,
  separate,
  stateAnothersNumber,
  takeDuty,
  writeTest,
} from './person-happenings.js';
import {
  enrolmentAt,
  eppnOf,
  openAt,
  openIn,
  pickEnrolment,
  present,
  type Scene,
} from './scene.js';
import { TRAVELLING, TRAVELS_TO, UNITS } from './world.js';

/** Something that happens to a person at their schools. Undefined when it cannot happen now; otherwise it was told. */
export interface Happening {
  readonly name: string;
  /** How often, compared with the others. */
  readonly weight: number;
  happen(scene: Scene): void;
}

/** Every kind of thing that may happen; a new kind is one entry here. */
export const HAPPENINGS: readonly Happening[] = [
  { name: 'joins', weight: 6, happen: join },
  { name: 'leaves', weight: 6, happen: leave },
  { name: 'corrects a date', weight: 3, happen: correctDate },
  { name: 'cancels', weight: 2, happen: cancel },
  { name: 'takes an end or a cancellation back', weight: 2, happen: takeBack },
  { name: 'changes school year', weight: 1, happen: changeYear },
  { name: 'EPPN by the register', weight: 4, happen: registerEppn },
  { name: 'EPPN by an account', weight: 4, happen: accountEppn },
  { name: 'marks', weight: 2, happen: mark },
  { name: 'lifts a marking', weight: 1, happen: liftMarking },
  { name: 'withdraws', weight: 2, happen: withdraw },
  { name: 'returns', weight: 3, happen: comeBack },
  { name: 'leaves an enrolment out', weight: 1, happen: leaveOut },
  { name: 'a test', weight: 4, happen: writeTest },
  { name: 'adult education', weight: 1, happen: joinAdults },
  { name: 'another’s number', weight: 1, happen: stateAnothersNumber },
  { name: 'another number', weight: 1, happen: changeNumber },
  { name: 'another’s unit', weight: 1, happen: enrolElsewhere },
  { name: 'a personnummer', weight: 4, happen: getNumber },
  { name: 'a duty', weight: 1, happen: takeDuty },
  { name: 'drops staff', weight: 1, happen: dropStaff },
  { name: 'another owner of a unit', weight: 3, happen: changeOwner },
  { name: 'a human separates', weight: 4, happen: separate },
  { name: 'a human answers', weight: 1, happen: answer },
];

const WEIGHTED = HAPPENINGS.flatMap((happening) => Array<Happening>(happening.weight).fill(happening)); // prettier-ignore

export function happen(scene: Scene): void {
  scene.tape.pick(WEIGHTED).happen(scene);
}

/** The first school of a person, as every history begins. */
export function begin(scene: Scene): void {
  const huvudman = scene.tape.pick(scene.huvudmen);
  const book = openAt(scene, huvudman);
  const { tape, books } = scene;
  if (tape.chance(80)) books.hideable.set(scene.person, huvudman);
  const start = books.day - tape.between(0, 60);
  book.enrolments.push(enrolmentAt(scene, huvudman, start));
  if (tape.chance(170)) book.eppn = eppnOf(scene, huvudman, 'r');
  if (tape.chance(20)) book.marking = 'Sekretessmarkering';
  books.tell(book);
}

function join(scene: Scene): void {
  const { tape, books } = scene;
  const huvudman = tape.pick(scene.huvudmen);
  const book = openAt(scene, huvudman);
  const start = books.day + tape.between(0, 30) - 10;
  const enrolment = enrolmentAt(scene, huvudman, start);
  const isThere = book.enrolments.some(
    ({ unit, cancelled, end }) => unit === enrolment.unit && !cancelled && (end ?? start) >= start,
  );
  if (isThere) return;
  book.isRemoved = false;
  book.enrolments.push(enrolment);
  if (tape.chance(150)) book.eppn ??= eppnOf(scene, huvudman, 'r');
  books.tell(book);
}

function leave(scene: Scene): void {
  const found = pickEnrolment(scene, ({ end, cancelled }) => end === undefined && !cancelled);
  if (found === undefined) return;
  found.enrolment.end = lateEnough(found.enrolment, scene.books.day + scene.tape.between(0, 20) - 6); // prettier-ignore
  scene.books.tell(found.book);
}

function lateEnough({ start }: BookedEnrolment, end: number): number {
  return Math.max(start, end);
}

function correctDate(scene: Scene): void {
  const found = pickEnrolment(scene, ({ cancelled }) => !cancelled);
  if (found === undefined) return;
  const { enrolment } = found;
  const days = scene.tape.between(0, 20) - 10;
  if (enrolment.end !== undefined && scene.tape.chance(128)) {
    enrolment.end = lateEnough(enrolment, enrolment.end + days);
  } else {
    enrolment.start = Math.min(enrolment.start + days, enrolment.end ?? enrolment.start + days);
  }
  scene.books.tell(found.book);
}

function cancel(scene: Scene): void {
  const found = pickEnrolment(scene, ({ cancelled }) => !cancelled);
  if (found === undefined) return;
  found.enrolment.cancelled = true;
  scene.books.tell(found.book);
}

function takeBack(scene: Scene): void {
  const found = pickEnrolment(scene, ({ end, cancelled }) => end !== undefined || cancelled);
  if (found === undefined) return;
  found.enrolment.end = undefined;
  found.enrolment.cancelled = false;
  scene.books.tell(found.book);
}

/** At the same unit, from one day to the next: no move. */
function changeYear(scene: Scene): void {
  const found = pickEnrolment(scene, ({ end, cancelled, schoolType }) => end === undefined && !cancelled && schoolType === 'GR'); // prettier-ignore
  if (found === undefined) return;
  const { book, enrolment } = found;
  const today = scene.books.day;
  const schoolYear = enrolment.schoolYear === 6 ? 7 : 9;
  if (scene.tape.chance(128) || enrolment.start >= today) {
    enrolment.schoolYear = schoolYear;
  } else {
    enrolment.end = today;
    book.enrolments.push({ ...enrolment, schoolYear, start: today + 1, end: undefined });
  }
  scene.books.tell(book);
}

function withdraw(scene: Scene): void {
  const books = present(scene);
  if (books.length === 0) return;
  const book = scene.tape.pick(books);
  book.isRemoved = true;
  scene.books.tell(book);
}

function comeBack(scene: Scene): void {
  const { books, person, tape } = scene;
  const gone = books.books.filter((book) => book.person === person && book.isRemoved);
  if (gone.length === 0) return;
  const book = tape.pick(gone);
  book.isRemoved = false;
  if (tape.chance(160)) beginAnew(scene, book);
  books.tell(book);
}

/** Where the pupil was before is no longer named: it ended on the day of the removal, whenever word of that comes. */
function beginAnew(scene: Scene, book: Book): void {
  const before = book.enrolments;
  book.enrolments = before.filter((enrolment) => isShared(enrolment, book));
  const enrolment = enrolmentAt(scene, book.huvudman, scene.books.day);
  if (before.every(({ unit }) => unit !== enrolment.unit)) book.enrolments.push(enrolment);
}

/** A full list that no longer names an enrolment says that it has ended. */
function leaveOut(scene: Scene): void {
  const found = pickEnrolment(scene, () => true);
  if (found === undefined) return;
  const { book, enrolment } = found;
  if (isShared(enrolment, book)) return;
  book.enrolments = book.enrolments.filter((one) => one !== enrolment);
  scene.books.tell(book);
}

/** Where two share a unit, which of them a list leaves out is nobody’s guess. */
function isShared({ unit }: BookedEnrolment, { enrolments }: Book): boolean {
  return enrolments.filter((one) => one.unit === unit).length > 1;
}

function joinAdults(scene: Scene): void {
  const { books, tape } = scene;
  const source = 'alfa-adults';
  if (!scene.huvudmen.includes('alfakommun')) return;
  const book = openIn(scene, source, 'alfakommun');
  if (book.isRemoved || book.enrolments.length > 1) return;
  const start = books.day + tape.between(0, 20) - 10;
  const unit = book.enrolments.length === 0 ? '12222222' : '11111111';
  book.enrolments.push({ unit, schoolType: 'VUXGY', start, cancelled: false });
  if (tape.chance(200)) book.eppn ??= eppnOf(scene, 'alfakommun', 'v');
  books.tell(book);
}

/** A register enrols at a unit that is not its huvudman's; it is told so, and takes it back or does not. */
function enrolElsewhere(scene: Scene): void {
  const books = present(scene);
  if (books.length === 0) return;
  const { tape } = scene;
  const book = tape.pick(books);
  const unit = tape.pick(UNITS.filter(({ huvudman }) => huvudman !== book.huvudman)).code;
  const enrolment = { unit, schoolType: 'GR', schoolYear: 6, start: scene.books.day, cancelled: false } as const; // prettier-ignore
  book.enrolments.push(enrolment);
  scene.books.tell(book);
  if (tape.chance(60)) return;
  book.enrolments = book.enrolments.filter((one) => one !== enrolment);
  scene.books.tell(book);
}

const OWNERS_MAX = 3;

/** A school goes to another owner with all its pupils, and may come back; the new owner tells of its pupils itself, or not yet. */
function changeOwner(scene: Scene): void {
  const { books, tape } = scene;
  const { travelling } = books;
  const isThere = present(scene).some(({ enrolments }) => enrolments.some(({ unit }) => unit === TRAVELLING.code)); // prettier-ignore
  if (travelling.times + 1 >= OWNERS_MAX || !(isThere || tape.chance(50))) return;
  travelling.times++;
  travelling.owner = travelling.owner === TRAVELS_TO ? TRAVELLING.huvudman : TRAVELS_TO;
  books.tellOwner();
  if (!tape.chance(100) || !scene.huvudmen.includes(travelling.owner)) return;
  const book = openAt(scene, travelling.owner);
  const start = books.day - tape.between(0, 20);
  book.isRemoved = false;
  book.enrolments.push({ ...enrolmentAt(scene, travelling.owner, start), unit: TRAVELLING.code });
  books.tell(book);
}
