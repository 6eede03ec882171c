import { Books, type Said } from './books.js';
import { dayNumber, type History, type Step } from './history.js';
import { FIRST_DAY, SWEDISH } from './world.js';
import { nationalId } from '#canonical';

/** Days that pass in the one time step: past the last day at the old school and the first at the new one. */
const DAYS = 12;
const DOUBLED_MAX = 2;

/**
 * The basic move, as six facts of four sources: the old school sets an end and corrects it, the new one enrols and corrects the
 * start, the new log-in comes by an account, and a test is begun. The pupil is at the old school before the first of them.
 */
function basicMove(): { readonly before: Said; readonly facts: readonly Said[] } {
  const books = new Books(dayNumber(FIRST_DAY));
  const old = books.open('alfa-register', 'alfakommun', 0);
  old.eppn = 'asta@alfa.example';
  const today = books.day;
  const stay = { unit: '11111111', schoolType: 'GR' as const, schoolYear: 9, start: today - 40, cancelled: false }; // prettier-ignore
  old.enrolments.push({ ...stay });
  books.tell(old);
  old.enrolments[0]!.end = today + 5;
  books.tell(old);
  old.enrolments[0]!.end = today + 3;
  books.tell(old);
  const next = books.open('beta-register', 'betaskolan', 0);
  next.enrolments.push({ ...stay, unit: '23333333', start: today + 4 });
  books.tell(next);
  next.enrolments[0]!.start = today + 8;
  books.tell(next);
  books.tellAccount({ source: 'beta-platform', huvudman: 'betaskolan', localId: 'account-1', person: next.localId, eppn: 'asta@beta.example', isDeleted: false }); // prettier-ignore
  const assignment = nationalId('assignment of the basic move');
  books.tellTest(assignment, old.eppn, { activity: SWEDISH, state: 'begun' });
  const [before, ...facts] = books.said;
  return { before: before!, facts };
}

/**
 * Every interleaving of what the sources say in the move, or in part of it, with at most two facts doubled and the time step at any
 * one position. Of each object its source's words come in their order, but a double comes anywhere after its first, an old one
 * after a newer one too.
 */
export function* everyBasicMove(): Generator<History> {
  const { before, facts } = basicMove();
  for (let chosen = 1; chosen < 1 << facts.length; chosen++) {
    const some = facts.filter((_, index) => (chosen & (1 << index)) !== 0);
    for (const doubled of upTo(DOUBLED_MAX, some)) {
      for (const order of ordersOf([...some, ...doubled])) {
        if (isInOrder(order, facts)) yield* withTimeStep(before, order);
      }
    }
  }
}

/** Of each object, what was said first comes first. */
function isInOrder(order: readonly Said[], facts: readonly Said[]): boolean {
  const first = new Map<string, number>();
  const firsts = [...new Set(order)];
  for (const said of firsts) {
    const object = `${said.telling.source}|${said.telling.fact.localId}`;
    const at = facts.indexOf(said);
    if ((first.get(object) ?? -1) > at) return false;
    first.set(object, at);
  }
  return true;
}

function* withTimeStep(before: Said, order: readonly Said[]): Generator<History> {
  const told = order.map(({ telling }, index): Step => {
    const isAgain = order.findIndex((one) => one.telling === telling) < index;
    return { is: 'told', telling, how: isAgain ? 'again' : 'new' };
  });
  const first: Step = { is: 'told', telling: before.telling, how: 'new' };
  const passed: Step = { is: 'days', days: DAYS };
  for (let at = 0; at <= told.length; at++) {
    yield { steps: [first, ...told.slice(0, at), passed, ...told.slice(at)] };
  }
}

function* upTo<Thing>(count: number, things: readonly Thing[]): Generator<readonly Thing[]> {
  yield [];
  if (count === 0) return;
  for (const [index, thing] of things.entries()) {
    for (const others of upTo(count - 1, things.slice(index + 1))) yield [thing, ...others];
  }
}

/** All different orders; what is there twice is taken for one and the same. */
function* ordersOf<Thing>(things: readonly Thing[]): Generator<readonly Thing[]> {
  if (things.length === 0) {
    yield [];
    return;
  }
  for (const thing of new Set(things)) {
    const at = things.indexOf(thing);
    for (const others of ordersOf([...things.slice(0, at), ...things.slice(at + 1)])) {
      yield [thing, ...others];
    }
  }
}
