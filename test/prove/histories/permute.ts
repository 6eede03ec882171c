import { boundToOrder, byObject, takesEppnAway } from './bound-to-order.js';
import { dayNumber, type History, type Step, type Telling } from './history.js';
import { HubInMemory } from './hub-in-memory.js';
import { REGISTERS } from './scene.js';
import { isSameState, settledState, type Settled } from './settled-state.js';
import type { Tape } from './tape.js';
import { FIRST_DAY, HUVUDMEN } from './world.js';

/** Of each history as many orders are tried, or all when there are fewer. */
export const PERMUTATIONS_MAX = 200;

export interface Permuted {
  readonly orders: number;
  /** The first order that ends elsewhere, as a history; undefined when there is none. */
  readonly divergent: History | undefined;
}

/**
 * Tells the facts of a history in other orders, after the last of them was said, and compares what stands in the end (design §6,
 * rule 6). What humans did is left out: it is about what stood then. Some facts keep their order: see `boundToOrder`.
 */
export async function permuteHistory(history: History, tape: Tape): Promise<Permuted> {
  const tellings = history.steps.flatMap((step) => (step.is === 'told' ? [step.telling] : []));
  const bound = boundToOrder(tellings);
  const lastSaid = Math.max(...tellings.map(({ fact }) => dayNumber(fact.modified)));
  const days = tape.pick([0, 0, 1, 3]);
  const wanted = await endOf(tellings, { lastSaid, days });
  const objects = byObject(tellings);
  const mayHold = tellings.some(endsUnbridged) || objects.some(endsUnbegun);
  const leaves = { mayHold, isAccessOpen: objects.some(takesEppnAway) };
  if (wanted === undefined) return { orders: 1, divergent: { steps: stepsOf(tellings, { lastSaid, days }) } }; // prettier-ignore
  const tried = new Set([namesOf(tellings)]);
  for (
    let attempt = 0;
    attempt < 2 * PERMUTATIONS_MAX && tried.size < PERMUTATIONS_MAX;
    attempt++
  ) {
    const order = shuffle(tellings, bound, tape);
    const name = namesOf(order);
    if (tried.has(name)) continue;
    tried.add(name);
    const end = await endOf(order, { lastSaid, days });
    if (end !== undefined && isSameState(end, wanted, leaves)) continue;
    return { orders: tried.size, divergent: { steps: stepsOf(order, { lastSaid, days }) } };
  }
  return { orders: tried.size, divergent: undefined };
}

const UNBRIDGED = new Set(
  HUVUDMEN.filter(({ policy }) => policy?.bridging === false).map(({ id }) => REGISTERS[id]),
);

/** Whoever leaves like this has no entry that bridges, and keeps one only if it was usable when that came to be known. */
function endsUnbridged({ source, fact }: Telling): boolean {
  if (UNBRIDGED.has(source)) return true;
  return fact.kind === 'person-asserted' && fact.enrolments.some(({ cancelled }) => cancelled);
}

/** An enrolment that a later list, or a removal, drops before it began is as good as cancelled. */
function endsUnbegun(all: readonly Telling[]): boolean {
  const facts = all.map(({ fact }) => fact);
  const isDropped = (unit: string, start: string, said: string): boolean =>
    facts.some((fact) => {
      if (fact.modified <= said || dayNumber(fact.modified) >= dayNumber(start)) return false;
      if (fact.kind === 'person-removed') return true;
      return fact.kind === 'person-asserted' && fact.enrolments.every((one) => one.unit !== unit);
    });
  return facts.some(
    (fact) =>
      fact.kind === 'person-asserted' &&
      fact.enrolments.some(({ unit, startDate }) => isDropped(unit, startDate, fact.modified)),
  );
}

interface Pace {
  readonly lastSaid: number;
  /** Between one telling and the next. */
  readonly days: number;
}

/** Long enough for most bridges and contests to run out, short enough for some to stand. */
const AFTER_DAYS = 20;

function stepsOf(tellings: readonly Telling[], { lastSaid, days }: Pace): Step[] {
  const steps: Step[] = [{ is: 'days', days: lastSaid - dayNumber(FIRST_DAY) }];
  for (const telling of tellings) {
    steps.push({ is: 'told', telling, how: 'new' });
    if (days > 0) steps.push({ is: 'days', days });
  }
  steps.push({ is: 'days', days: AFTER_DAYS });
  return steps.filter((step) => step.is !== 'days' || step.days > 0);
}

/** Undefined when a rule failed on the way: whoever follows the order step by step is told where. */
async function endOf(
  tellings: readonly Telling[],
  pace: Pace,
): Promise<readonly Settled[] | undefined> {
  const hub = await HubInMemory.open(dayNumber(FIRST_DAY));
  try {
    for (const step of stepsOf(tellings, pace)) {
      if (step.is === 'told') hub.hear(step.telling);
      else if (step.is === 'days') hub.pass(step.days, () => undefined);
    }
  } catch {
    return undefined;
  }
  return settledState(hub);
}

function namesOf(tellings: readonly Telling[]): string {
  return tellings.map(({ id }) => id).join();
}

/** A random order in which the bound facts keep theirs. */
function shuffle(tellings: readonly Telling[], bound: ReadonlySet<Telling>, tape: Tape): Telling[] {
  const order = [...tellings];
  for (let index = order.length - 1; index > 0; index--) {
    const other = tape.below(index + 1);
    [order[index], order[other]] = [order[other]!, order[index]!];
  }
  const inOrder = tellings.filter((telling) => bound.has(telling)).values();
  return order.map((telling) => (bound.has(telling) ? inOrder.next().value! : telling));
}
