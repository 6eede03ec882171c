import { parentPort, workerData } from 'node:worker_threads';
import type { StandIn } from '../mutants/stand-in.js';
import type { Part } from './prove-part.js';

// A worker that is to run with a fault puts the faulty stand-in in place before it loads the rules.
const { standIn } = workerData as { readonly standIn?: StandIn };
if (standIn !== undefined) {
  const { putInPlace } = await import('../mutants/put-in-place.js');
  putInPlace(standIn);
}
const { provePart } = await import('./prove-part.js');
const port = parentPort!;

port.on('message', (part: Part) => {
  provePart(part).then(
    (tally) => port.postMessage(tally),
    (error: unknown) => {
      throw error;
    },
  );
});
