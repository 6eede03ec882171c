import type { SourceKind } from '#canonical';
import type { Fact } from './facts.js';

/** What `translate` gets: an event that `admit` has let in, with its payload as `admit` left it. */
export interface SourceEvent {
  type: string;
  /** The CloudEvents attribute: RFC 3339, when it happened at the source. */
  time?: string;
  data: unknown;
}

/** A fault in a payload, for the people who run the sending system. */
export interface Issue {
  /** JSON Pointer (RFC 6901) into the payload; `/` for the payload as a whole. It consists of names from the source's schema and of positions. */
  pointer: string;
  /** What is expected and what to do. Never a value from the payload. */
  says: string;
}

export type Admission =
  | {
      ok: true;
      /** With `objectId`: the object that must keep its order; events of one object share a record key. */
      objectKind: string;
      objectId: string;
      /** What may be stored: a new value that holds nothing but the paths that the adapter keeps. */
      data: unknown;
      /**
       * The paths that were dropped, each once, sorted: `*` stands for every element of an array, `?` for names that the source's
       * standard does not know (they are the sender's own text, and so are not repeated).
       */
      redacted: readonly string[];
    }
  | { ok: false; issues: readonly Issue[] };

export type Translation =
  { ok: true; facts: readonly Fact[] } | { ok: false; issues: readonly Issue[] };

/**
 * What one kind of school system says, put into the shared language. To whoever writes one:
 *
 * Both functions are pure. They read no clock, keep nothing between calls, leave their argument as it is, and give the same answer to
 * the same question for ever: stored events are translated again. They never throw, whatever the payload is; a fault is a value, and
 * all faults are named at once. Neither may repeat a value of the payload in an issue: issues are shown, logged and sent.
 *
 * The suite in `conformance.spec.ts` finds every adapter in `ADAPTERS` by itself and holds it to all of this.
 */
export interface Adapter {
  /** As settings name it (`SourceSetting.adapter`); also the name of the folder. */
  readonly name: string;
  readonly kind: SourceKind;
  /** CloudEvents types that it understands, all of them. Any other type is an issue. */
  readonly types: readonly string[];
  /**
   * At the door, before the first write, on the way of an HTTP request: a few microseconds. Finds out which object the event is about,
   * bounds every text and list, and drops all that no fact needs (data minimisation: a list of what is kept, not of what is dropped).
   * It does not judge the content: what is admitted can still be parked, mended and translated again; what is refused is lost to us.
   */
  admit(event: { type: string; data: unknown }): Admission;
  /** All facts of the event, or all its faults; never a part of the facts. No facts is an answer too: nothing that the hub keeps. */
  translate(event: SourceEvent): Translation;
  /** True when an event of this type says all there is to say of its object, so that it may replace what is parked of that object. */
  carriesFullState(type: string): boolean;
}
