import { StepChecker } from './check-step.js';
import type { Fault } from './findings.js';
import { dayNumber, type Heard, type History } from './history.js';
import { HubInMemory } from './hub-in-memory.js';
import { NOTHING_KNOWN, Undecided, whatIsKnown } from './model/known-persons.js';
import { FIRST_DAY, OWNED_SINCE, TRAVELLING, unitFact } from './world.js';

export interface Followed {
  readonly hub: HubInMemory;
  readonly faults: readonly Fault[];
  /** The step, counted from 0, after which the first fault was seen. */
  readonly faultyStep: number | undefined;
}

/**
 * Tells a history to the hub, and lets the checker look after every step; it stops at the first fault.
 * @param checkedFrom steps before this one were checked in another history that begins with the same ones.
 */
export async function followHistory(
  { steps, travelling = TRAVELLING.code }: History,
  checkedFrom = 0,
): Promise<Followed> {
  let day = dayNumber(FIRST_DAY);
  const unit = unitFact({ ...TRAVELLING, code: travelling }, OWNED_SINCE);
  const hub = await HubInMemory.open(day, unit);
  const checker = new StepChecker(hub);
  const heard: Heard[] = [];
  for (const [index, step] of steps.entries()) {
    // What stood before the first step that is checked is all that is looked back to.
    const known = () => (index + 1 < checkedFrom ? NOTHING_KNOWN : whatIsKnown(heard));
    const look = index < checkedFrom ? checker.passOver : checker.check;
    try {
      if (step.is === 'told') {
        hub.hear(step.telling);
        heard.push({ telling: step.telling, day });
        look.call(checker, known(), day);
      } else if (step.is === 'done') {
        hub.give(step.deed);
        heard.push({ deed: step.deed, day });
        look.call(checker, known(), day);
      } else {
        const before = known();
        hub.pass(step.days, (on) => look.call(checker, before, on, true));
        day += step.days;
      }
    } catch (error) {
      if (error instanceof Undecided) break;
      checker.faults.push({ kind: 'divergent', says: `a rule failed: ${String(error)}` });
    }
    if (checker.faults.length > 0) return { hub, faults: checker.faults, faultyStep: index };
  }
  return { hub, faults: [], faultyStep: undefined };
}
