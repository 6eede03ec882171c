import type { Static } from '@sinclair/typebox';
import type { Reading } from './reading.js';
import { localId } from './reading.js';
import { required } from './redact.js';
import type { Deleted } from './source-values.js';

/** What every fact about a deleted SS 12000 object holds. */
export function readDeletion(
  data: Static<typeof Deleted>,
  reading: Reading,
): { localId: string; modified: string } {
  const modified = reading.firstInstant(
    [
      ['/deleted', data.deleted],
      ['/meta/modified', data.meta?.modified],
      ['/', reading.time],
    ],
    required('the time of the deletion here, or in the CloudEvents attribute time'),
  );
  return { localId: localId(data.id), modified };
}
