import type { TestState } from '#canonical';
import { say, type Saying } from './source-event.js';
import { TEST_PLATFORM } from './sources.js';

/** What the pretend test platform says of one pupil and one test: it knows nobody but by EPPN. */
export function sayTest(
  state: TestState,
  test: { readonly assignment: string; readonly activity: string; readonly eppn: string },
  at: Date,
): Saying {
  const { assignment, activity, eppn } = test;
  const data = { assignmentId: assignment, eppn, activity, at: at.toISOString() };
  return say(TEST_PLATFORM, `test-platform.test.${state}`, { object: assignment, at, data });
}
