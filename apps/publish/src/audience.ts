import type { AccessEvent, CanonicalEvent } from '#canonical';

/** An event of ours that may concern somebody; the topic tells the two kinds of `test.*` events apart. */
export type HubEvent =
  | { readonly topic: 'canonical.events'; readonly event: CanonicalEvent; readonly subject: string }
  | { readonly topic: 'access.events'; readonly event: AccessEvent; readonly subject: string };

/** What one huvudman was last told of one subject. */
export interface Told {
  readonly huvudman: string;
  /** The text of its view of the subject; null when there was nothing for it to see. */
  readonly view: string | null;
}

export interface AudienceContext {
  /** Everyone who was ever told of this subject. */
  readonly told: readonly Told[];
  /** The huvudman whose own source caused the event; undefined when that is nobody's, or a national source. */
  readonly causeHuvudman: string | undefined;
  /** The id by which one huvudman knows something of the hub's: no two huvudmän can join theirs. */
  publicId(huvudman: string, hubId: string): string;
}

/** What one huvudman is told. */
export interface Message {
  readonly huvudman: string;
  /** The hub event's type, or what the event means to this huvudman. */
  readonly type: string;
  /** The subject as this huvudman knows it. */
  readonly subject: string;
  readonly schoolUnit?: string;
  readonly data: object;
  /** The text of the huvudman's view of the subject from now on; undefined when the event leaves it as it was. */
  readonly view?: string | null;
}
