import type { TrailData } from '#canonical';
import type { Verdict } from './judge/judge-event.js';

/** Where the door's events come from, in the place where other stages name a topic. */
const DOOR = '/v1/events';

/**
 * What the topic `trail` is told of one request or one chunk of lines. Of a refused event the code only; of an event without an id, or
 * of a source that the caller may not speak for, nothing: nobody writes into another's trail.
 *
 * @returns undefined when there is nothing to tell.
 */
export function trailOf(
  verdicts: readonly Verdict[],
  { at, durationMs }: { readonly at: Date; readonly durationMs: number },
): TrailData | undefined {
  const events = verdicts.flatMap((verdict) => trailEvent(verdict) ?? []);
  if (events.length === 0) return undefined;
  return { stage: 'ingest', topic: DOOR, partition: 0, at: at.toISOString(), durationMs, events };
}

function trailEvent(verdict: Verdict): TrailData['events'][number] | undefined {
  const { cause, type } = verdict;
  if (cause === undefined || type === undefined) return undefined;
  return verdict.verdict === 'accepted'
    ? { cause, type, outcome: 'accepted' }
    : { cause, type, outcome: 'refused', detail: verdict.code };
}
