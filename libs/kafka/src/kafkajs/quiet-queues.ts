import { isKnownRelease, requireKafkajs } from './kafkajs-release.js';

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
  if (!isKnownRelease()) return;
  const { prototype } = requireKafkajs('kafkajs/src/network/requestQueue/index.js') as {
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
