import type { AccessEvent, TestAssignment, Day } from '#canonical';
import type { AccessDecision } from './compare-entries.js';

/**
 * What to tell of the tests. A test that moved with its pupil is told to the new huvudman, by its state; the old one learns from
 * `access moved` that the pupil is gone. A test whose window is over leaves without a word.
 */
export function compareTests(
  present: readonly TestAssignment[],
  desired: readonly TestAssignment[],
  today: Day,
): AccessDecision[] {
  const decisions: AccessDecision[] = [];
  for (const test of desired) {
    const before = present.find(({ id }) => id === test.id);
    const type = before === undefined ? stateEvent(test) : changeEvent(before, test);
    if (type) decisions.push({ type, change: { test } });
  }
  for (const test of present) {
    const isOver = test.windowEnd < today || test.state === 'submitted';
    if (isOver || desired.some(({ id }) => id === test.id)) continue;
    decisions.push({ type: 'se.elevnav.test.unassigned', change: { test } });
  }
  return decisions;
}

function changeEvent(
  before: TestAssignment,
  test: TestAssignment,
): AccessEvent['type'] | undefined {
  const hasMoved = before.huvudman !== test.huvudman || before.schoolUnit !== test.schoolUnit;
  if (!hasMoved && before.state === 'missed' && test.state === 'assigned') {
    return 'se.elevnav.test.missed-withdrawn';
  }
  const isSame =
    !hasMoved &&
    before.state === test.state &&
    before.windowStart === test.windowStart &&
    before.windowEnd === test.windowEnd;
  return isSame ? undefined : stateEvent(test);
}

/** What a test in this state is told as. */
export function stateEvent({ state }: TestAssignment): AccessEvent['type'] {
  switch (state) {
    case 'assigned':
      return 'se.elevnav.test.assigned';
    case 'begun':
      return 'se.elevnav.test.begun';
    case 'submitted':
      return 'se.elevnav.test.submitted';
    case 'missed':
      return 'se.elevnav.test.missed';
    default:
      return state satisfies never;
  }
}
