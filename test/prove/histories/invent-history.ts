import { Books, type Done, type Said } from './books.js';
import { begin, happen } from './happenings.js';
import { dayNumber, type History, type Step } from './history.js';
import type { Scene } from './scene.js';
import { Tape } from './tape.js';
import { FIRST_DAY, HUVUDMEN } from './world.js';

/** A history out of a number: what happens to one to three persons at two or three huvudmän, and how word of it reaches the hub. */
export function inventHistory(seed: number): History {
  const tape = new Tape(seed);
  const persons = tape.pick([1, 1, 1, 1, 2, 2, 3]);
  const all = HUVUDMEN.map(({ id }) => id);
  const huvudmen = tape.pick([all, all.slice(0, 2), [all[0]!, all[2]!]]);
  const books = new Books(dayNumber(FIRST_DAY));
  const scene = (person: number): Scene => ({ tape, books, person, persons, huvudmen });
  for (let person = 0; person < persons; person++) begin(scene(person));
  const happenings = tape.between(2, 7);
  for (let count = 0; count < happenings; count++) {
    books.day += tape.pick([0, 1, 3, 7, 14, 30]);
    happen(scene(tape.below(persons)));
  }
  return { steps: deliver(books, tape) };
}

interface Delivery {
  readonly step: Exclude<Step, { is: 'days' }>;
  readonly day: number;
}

/** Some histories come as they were said; in the others word is late, doubled, or lost until all is sent once more. */
function deliver({ said, deeds }: Books, tape: Tape): Step[] {
  const isOrderly = tape.chance(90);
  const deliveries: Delivery[] = [];
  const lost: Said[] = [];
  for (const [index, one] of said.entries()) {
    deliveries.push(...deedsAfter(deeds, index));
    const fate = isOrderly ? 255 : tape.below(256);
    const isRemoval = one.telling.fact.kind === 'person-removed';
    if (fate < 20) lost.push(one);
    else if (fate < (isRemoval ? 150 : 70)) deliveries.push(late(one, tape));
    else deliveries.push(delivery(one, 'new'));
    if (fate >= 225 && fate < 255) {
      deliveries.push(delivery(one, 'again', tape.between(0, 15)));
    }
  }
  deliveries.push(...deedsAfter(deeds, said.length));
  deliveries.sort((one, other) => one.day - other.day);
  const steps: Step[] = [];
  let day = dayNumber(FIRST_DAY);
  const pass = (to: number): void => {
    if (to > day) steps.push({ is: 'days', days: to - day });
    day = Math.max(day, to);
  };
  for (const { step, day: on } of deliveries) {
    pass(on);
    steps.push(step);
  }
  if (lost.length > 0) {
    pass(Math.max(day, said.at(-1)!.day) + tape.between(0, 10));
    for (const { telling } of newestOfEach(said))
      steps.push({ is: 'told', telling, how: 'resent' });
  }
  pass(day + tape.pick([10, 30, 60, 90]));
  return steps;
}

function late(said: Said, tape: Tape): Delivery {
  return delivery(said, 'late', tape.between(1, 20));
}

function delivery({ telling, day }: Said, how: 'new' | 'late' | 'again', later = 0): Delivery {
  return { step: { is: 'told', telling, how }, day: day + later };
}

/** What was done when so much had been said. */
function deedsAfter(deeds: readonly Done[], said: number): Delivery[] {
  return deeds
    .filter(({ after }) => after === said)
    .map(({ deed, day }) => ({ step: { is: 'done', deed }, day }));
}

/** The full resend: what each source has to say of each of its objects by now. */
function newestOfEach(said: readonly Said[]): Said[] {
  const newest = new Map<string, Said>();
  for (const one of said) newest.set(`${one.telling.source}|${one.telling.fact.localId}`, one);
  return [...newest.values()];
}
