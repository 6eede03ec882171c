import { Type, type Static } from '@sinclair/typebox';
import { HuvudmanId, Instant, ShortText, SourceId, literals } from './values.js';

/** Something a human should know, opened or closed by the stage that saw it. Ids only (design §4). */
export const FindingData = Type.Object({
  id: Type.String({ maxLength: 100 }),
  state: literals(['opened', 'closed']),
  stage: ShortText,
  /** A code of the closed list of causes; events of one cause are shown and mended as one group. */
  cause: ShortText,
  source: Type.Optional(SourceId),
  huvudman: Type.Optional(HuvudmanId),
  subject: Type.Optional(ShortText),
  since: Instant,
  mustAct: literals(['huvudman', 'vendor', 'operator', 'nobody']),
});
export type FindingData = Static<typeof FindingData>;

/** What became of one event in one stage. */
export const OUTCOMES = [
  'accepted', 'published', 'passed', 'filtered:duplicate', 'filtered:older', 'filtered:unchanged', 'filtered:no-audience',
  'filtered:irrelevant', 'parked', 'waiting', 'held', 'refused',
] as const; // prettier-ignore
export type Outcome = (typeof OUTCOMES)[number];

/** One record of the topic `trail`: what became of each event of one batch. */
export const TrailData = Type.Object({
  stage: ShortText,
  topic: Type.String({ maxLength: 200 }),
  partition: Type.Integer(),
  at: Instant,
  durationMs: Type.Number(),
  events: Type.Array(
    Type.Object({
      /** The source event, `source id`; for a stage behind normalise the causation of the event. */
      cause: Type.String({ maxLength: 400 }),
      type: Type.String({ maxLength: 200 }),
      subject: Type.Optional(Type.String({ maxLength: 200 })),
      outcome: literals(OUTCOMES),
      /** Ids and codes only. */
      detail: Type.Optional(ShortText),
    }),
    { maxItems: 5000 },
  ),
  /** Sent now and then without events: the stage is alive, and this is what it has parked, by cause. */
  parked: Type.Optional(
    Type.Array(
      Type.Object({
        code: ShortText,
        causeGroup: ShortText,
        events: Type.Integer({ minimum: 0 }),
        since: Instant,
      }),
      { maxItems: 500 },
    ),
  ),
  /** With `parked`: which process lives, since when, and whether this is its last word before an orderly end. */
  process: Type.Optional(
    Type.Object({
      id: Type.String({ maxLength: 100 }),
      startedAt: Instant,
      ends: Type.Optional(Type.Boolean()),
    }),
  ),
});
export type TrailData = Static<typeof TrailData>;
