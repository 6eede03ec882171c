import type { TestReported } from '../facts.js';
import { makeAdapter, message, type Message } from '../make-adapter.js';
import { localId } from '../reading.js';
import { Report } from './source-schema.js';

/** A test platform that tells who has begun which test; see README.md. */
export const testPlatform = makeAdapter('test-platform', 'test-platform', [
  report('assigned'),
  report('begun'),
  report('submitted'),
]);

function report(state: TestReported['state']): [string, Message] {
  return message(`test-platform.test.${state}`, {
    schema: Report,
    objectKind: 'test-assignment',
    objectIdAt: '/assignmentId',
    carriesFullState: true,
    read(data, reading) {
      const at = reading.instant('/at', data.at);
      const assignment = localId(data.assignmentId);
      return [
        {
          kind: 'test-reported',
          localId: assignment,
          modified: at,
          assignment,
          eppn: data.eppn,
          activity: localId(data.activity),
          state,
          at,
        },
      ];
    },
  });
}
