import type { ParkReason } from './unit-of-work.js';

/** Why an event is parked that met a fault of ours: those of one topic and one kind of error are mended together. */
export function bugReason(topic: string, error: unknown): ParkReason {
  const name = error instanceof Error ? error.name : 'unknown';
  const says = 'Elevnav could not handle this event; an operator has been told.';
  return { code: 'bug', causeGroup: `${topic} ${name}`, issues: [{ pointer: '/', says }] };
}
