import { createRequire } from 'node:module';

/** The release whose queue of requests is known; another keeps its own. */
const VERSION = '2.2.4';

const require = createRequire(import.meta.url);

interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

/**
 * After each answer kafkajs plans to look again at the requests that wait, also when none does; since it counts the time from an instant long
 * past, that look comes after a millisecond, and plans the next: every connection woke its process a thousand times a second for as
 * long as it was open. A request that must wait plans a look of its own, so that nothing is left lying.
 */
function lookOnlyWhenOneWaits(): void {
  const { version } = require('kafkajs/package.json') as { version: string };
  if (version !== VERSION) return;
  const { prototype } = require('kafkajs/src/network/requestQueue/index.js') as {
    prototype: RequestQueue;
  };
  const own = Reflect.get(prototype, 'scheduleCheckPendingRequests') as (
    this: RequestQueue,
  ) => void;
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0) own.call(this);
  };
}

lookOnlyWhenOneWaits();
