import { ANSWERS, nationalId } from '#canonical';
import type { Account, Book } from './books.js';
import {
  enrolmentAt,
  eppnOf,
  openAt,
  pickEnrolment,
  PLATFORMS,
  present,
  REGISTERS,
  type Scene,
} from './scene.js';
import { ADULT_ENGLISH, MATHS, PERSONS, SPARE_NUMBER, SWEDISH, UNITS } from './world.js';

/** What happens to a person apart from enrolments: log-ins, markings, tests, numbers, duties. */

export function registerEppn(scene: Scene): void {
  const books = present(scene);
  if (books.length === 0) return;
  const book = scene.tape.pick(books);
  book.eppn = scene.tape.chance(30) ? undefined : eppnOf(scene, book.huvudman, 'r');
  scene.books.tell(book);
}

export function accountEppn(scene: Scene): void {
  const { tape, books } = scene;
  const candidates = present(scene).filter(({ huvudman }) => PLATFORMS[huvudman] !== undefined);
  if (candidates.length === 0) return;
  const { huvudman, localId } = tape.pick(candidates);
  const source = PLATFORMS[huvudman]!;
  const known = books.accounts.find((one) => one.source === source && one.person === localId);
  const account: Account = known ?? {
    source, huvudman, localId: `account-of-${localId}`, person: localId, eppn: null, isDeleted: false,
  }; // prettier-ignore
  if (known === undefined) books.accounts.push(account);
  account.isDeleted = known !== undefined && tape.chance(50);
  account.eppn = eppnOf(scene, huvudman, 'p');
  books.tellAccount(account);
}

export function mark(scene: Scene): void {
  const books = present(scene);
  if (books.length === 0) return;
  const book = scene.tape.pick(books);
  const isHidden = scene.books.hideable.has(scene.person) && scene.tape.chance(170);
  book.marking = isHidden ? 'Skyddad folkbokföring' : 'Sekretessmarkering';
  scene.books.tell(book);
}

export function liftMarking(scene: Scene): void {
  const marked = present(scene).filter(({ marking }) => marking !== 'Ingen');
  if (marked.length === 0) return mark(scene);
  const book = scene.tape.pick(marked);
  book.marking = 'Ingen';
  scene.books.tell(book);
}

export function writeTest(scene: Scene): void {
  const { books, tape, person } = scene;
  const found = pickEnrolment(scene, ({ start, cancelled }) => start <= books.day && !cancelled);
  if (found === undefined) return;
  const { book, enrolment } = found;
  const only = books.hideable.get(person);
  if (only !== undefined && only !== book.huvudman) return;
  const account = books.accounts.find(({ person: of, isDeleted }) => of === book.localId && !isDeleted); // prettier-ignore
  const eppn = account?.eppn ?? book.eppn;
  if (eppn === undefined || eppn === null) return;
  const activity = enrolment.schoolType === 'VUXGY' ? ADULT_ENGLISH : tape.pick([MATHS, SWEDISH]);
  const assignment = nationalId(`assignment ${person} ${activity}`);
  const isBegun = books.said.some(({ telling }) => telling.fact.localId === assignment);
  const state = isBegun && tape.chance(200) ? 'submitted' : 'begun';
  books.tellTest(assignment, eppn, { activity, state });
}

/** Somebody mistypes: a new record bears the number of another person, whom neither name nor birth date fits. */
export function stateAnothersNumber(scene: Scene): void {
  const { books, tape, person, persons } = scene;
  if (persons < 2) return;
  const huvudman = tape.pick(scene.huvudmen);
  if (books.bookOf(REGISTERS[huvudman]!, person) !== undefined) return;
  const book = openAt(scene, huvudman);
  book.number = PERSONS[(person + 1) % persons]!.number;
  book.enrolments.push(enrolmentAt(scene, huvudman, books.day));
  books.tell(book);
  if (tape.chance(100)) answerFor(book, scene);
  if (!tape.chance(128)) return;
  book.number = PERSONS[person]!.number;
  books.tell(book);
}

/** The personnummer that follows a TF number; whoever has it already turns out to be the same person. */
export function getNumber(scene: Scene): void {
  const { books, person, tape } = scene;
  const { number, tfNumber } = PERSONS[person]!;
  const provisional = present(scene).filter((book) => book.number === tfNumber);
  if (provisional.length === 0) return;
  const book = tape.pick(provisional);
  book.number = number;
  books.tell(book);
}

/** May be a new protected identity: a human must say. */
export function changeNumber(scene: Scene): void {
  const books = present(scene);
  if (books.length === 0) return;
  const book = scene.tape.pick(books);
  book.number = SPARE_NUMBER;
  scene.books.tell(book);
  if (scene.tape.chance(100)) answerFor(book, scene);
}

/** An administrator finds that a record is not who it was joined with. */
export function separate(scene: Scene): void {
  const books = scene.books.books.filter(({ person }) => person === scene.person);
  if (books.length < 2) return;
  const book = scene.tape.pick(books);
  scene.books.act('separate', book);
  // The register goes on speaking of the same one, by the same number.
  if (!book.isRemoved && scene.tape.chance(128)) scene.books.tell(book);
}

/** An administrator answers whose the number is, some time after it was stated. */
export function answer(scene: Scene): void {
  const { books, person } = scene;
  const doubtful = books.books.filter((book) => book.person === person && isDoubtful(book));
  if (doubtful.length > 0) answerFor(scene.tape.pick(doubtful), scene);
}

function isDoubtful({ number, person }: Book): boolean {
  const { number: own, tfNumber } = PERSONS[person]!;
  return number !== own && number !== tfNumber;
}

function answerFor(book: Book, { books, tape }: Scene): void {
  books.act(tape.pick(ANSWERS), book);
}

export function takeDuty(scene: Scene): void {
  const books = present(scene);
  if (books.length > 0) tellDuty(scene, scene.tape.pick(books));
}

function tellDuty({ books, tape }: Scene, { source, localId, huvudman }: Book): void {
  const start = books.day - tape.between(0, 20);
  const unit = tape.pick(UNITS.filter((one) => one.huvudman === huvudman)).code;
  const end = tape.chance(128) ? undefined : books.day + tape.between(0, 30);
  books.tellDuty(source, { localId: `duty-of-${localId}`, person: localId, unit, start, end });
}

/** A register drops somebody without a word of the duty that it gave them; it may tell of it again, and so it stands. */
export function dropStaff(scene: Scene): void {
  const { books, tape } = scene;
  const staff = present(scene).filter(({ localId }) =>
    books.said.some(({ telling }) => telling.fact.localId === `duty-of-${localId}`),
  );
  if (staff.length === 0) return takeDuty(scene);
  const book = tape.pick(staff);
  book.isRemoved = true;
  books.tell(book);
  if (tape.chance(60)) tellDuty(scene, book);
}
