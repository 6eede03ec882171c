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
 * after a newer one too. Neighbours share as many first steps as can be.
 */
export function* everyBasicMove(): Generator<History> {
  const { before, facts } = basicMove();
  const first: Step = { is: 'told', telling: before.telling, how: 'new' };
  const tellings = facts.map(({ telling }): Step => ({ is: 'told', telling, how: 'new' }));
  const passed: Step = { is: 'days', days: DAYS };
  for (let chosen = 1; chosen < 1 << facts.length; chosen++) {
    const some = tellings.filter((_, index) => (chosen & (1 << index)) !== 0);
    for (const doubled of upTo(DOUBLED_MAX, some)) {
      for (const order of ordersOf([...some, ...doubled, passed], new Set())) {
        yield { steps: [first, ...order] };
      }
    }
  }
}

function* upTo<Thing>(count: number, things: readonly Thing[]): Generator<readonly Thing[]> {
  yield [];
  if (count === 0) return;
  for (const [index, thing] of things.entries()) {
    for (const others of upTo(count - 1, things.slice(index + 1))) yield [thing, ...others];
  }
}

/** All different orders of the steps, in which each object's first words come in the order of the list. */
function* ordersOf(steps: readonly Step[], placed: ReadonlySet<Step>): Generator<readonly Step[]> {
  if (steps.length === 0) {
    yield [];
    return;
  }
  for (const step of new Set(steps)) {
    const at = steps.indexOf(step);
    if (steps.slice(0, at).some((other) => !placed.has(other) && isSameObject(other, step)))
      continue;
    const rest = [...steps.slice(0, at), ...steps.slice(at + 1)];
    for (const others of ordersOf(rest, new Set(placed).add(step))) yield [step, ...others];
  }
}

function isSameObject(one: Step, other: Step): boolean {
  if (one === other || one.is !== 'told' || other.is !== 'told') return false;
  const { source, fact } = one.telling;
  return source === other.telling.source && fact.localId === other.telling.fact.localId;
}
