import type { IncomingMessage } from 'node:http';
import type { Principal } from '../authentication/principal.js';

/** What the parts of the door learn about one request, for its log line and for controllers. */
export interface RequestNotes {
  readonly principal?: Principal;
  /** The problem code of the answer. */
  readonly problem?: string;
  /** The id in the problem's `instance`. */
  readonly reference?: string;
}

const notes = new WeakMap<IncomingMessage, RequestNotes>();

export function noteOnRequest(
  request: { readonly raw: IncomingMessage },
  more: RequestNotes,
): void {
  notes.set(request.raw, { ...notes.get(request.raw), ...more });
}

export function notesOnRequest(request: { readonly raw: IncomingMessage }): RequestNotes {
  return notes.get(request.raw) ?? {};
}
