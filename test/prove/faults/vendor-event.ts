import type { Client } from './pupils.js';

/** An event as a vendor would post it, and what the proof remembers of it. */
export interface VendorEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
  readonly data: object;
  /** Whose credential sends it. */
  readonly client: Client;
  /** The object that it is about, named within its source; its events leave in order. */
  readonly object: string;
  /** The pupil's record that it changes, for events that carry its state. */
  readonly record?: string;
}
