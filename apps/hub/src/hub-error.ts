/** The hub cannot start, or the demo cannot go on; the message is a sentence that says what to do. */
export class HubError extends Error {
  override readonly name = 'HubError';
}
