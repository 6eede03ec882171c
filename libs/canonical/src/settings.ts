import { Type, type Static } from '@sinclair/typebox';
import { SOURCE_KINDS } from './topics.js';
import {
  Day,
  ELIGIBLE_SCHOOL_TYPES,
  HuvudmanId,
  Id,
  SchoolType,
  SchoolUnitCode,
  ShortText,
  SourceId,
  TEST_SCHOOL_TYPES,
  literals,
} from './values.js';

/** What administrators decide, as `admin.settings` carries it: the newest record of a key holds (compacted topic). */

/** When an entry outlives the enrolment that made it, and the like; what is a huvudman's own to decide (design §6). */
export const AccessPolicy = Type.Object({
  /** Rule 3: false makes a pupil who has left and not yet joined a `gap` at once. */
  bridging: Type.Boolean(),
  /** The bridge lasts this many days into the next term … */
  bridgeDaysIntoNextTerm: Type.Integer({ minimum: 0, maximum: 200 }),
  /** … and at least this many days. */
  bridgeDaysMin: Type.Integer({ minimum: 0, maximum: 400 }),
  /** Rule 1: how long the entry that is not home stays usable in an overlap. */
  contestedDays: Type.Integer({ minimum: 0, maximum: 90 }),
  /** Rule 5: what staff must log in with. Pupils need no more than their password. */
  staffAssurance: literals(['loa2', 'loa3']),
  /** Rule 1: in which school types its pupils get access. */
  eligibleSchoolTypes: Type.Array(literals(ELIGIBLE_SCHOOL_TYPES), { maxItems: 20 }),
  /** Rule 7: how many days before its start the entry of a future enrolment can be used; tests are assigned from the start. */
  opensDaysBefore: Type.Integer({ minimum: 0, maximum: 60 }),
});
export type AccessPolicy = Static<typeof AccessPolicy>;

/** The policy of design §6 that holds where a huvudman has not decided otherwise. */
export const DEFAULT_ACCESS_POLICY: AccessPolicy = {
  bridging: true,
  bridgeDaysIntoNextTerm: 21,
  bridgeDaysMin: 60,
  contestedDays: 14,
  staffAssurance: 'loa3',
  eligibleSchoolTypes: [...TEST_SCHOOL_TYPES],
  opensDaysBefore: 0,
};

/** How many days somebody whom no student register asserts any more is kept. Half a year is longer than any usual bridge. */
const DormantDays = Type.Integer({ minimum: 180, maximum: 3_650 });

/** How many days a report of presence is kept after its last day. */
const PresenceDays = Type.Integer({ minimum: 60, maximum: 3_650 });

export const HuvudmanSetting = Type.Object({
  kind: Type.Literal('huvudman'),
  id: HuvudmanId,
  displayName: ShortText,
  organisationNumber: Type.String({ pattern: '^\\d{10}$' }),
  /** Of a demo or a test: the organisation number is nobody's, and has a wrong check digit so that it cannot be somebody's. */
  invented: Type.Optional(Type.Literal(true)),
  owner: literals(['municipal', 'independent']),
  municipalityCode: Type.Optional(Type.String({ pattern: '^\\d{4}$' })),
  /** Client ids that may read this huvudman's topic and feed. To Kafka a bare `*` would be everybody. */
  subscriberClients: Type.Array(Type.String({ minLength: 1, maxLength: 250, pattern: '^(?!\\*$)' }), { maxItems: 50 }), // prettier-ignore
  policy: Type.Optional(Type.Partial(AccessPolicy)),
  /** What it decides otherwise than the hub's retention; of several huvudmän that know a person the longest counts (decision 16). */
  retention: Type.Optional(
    Type.Object({
      dormantDays: Type.Optional(DormantDays),
      presenceDays: Type.Optional(PresenceDays),
    }),
  ),
});
export type HuvudmanSetting = Static<typeof HuvudmanSetting>;

/** A source and its contract. Its events' CloudEvents `source` is `urn:elevnav:source:<id>`. */
export const SourceSetting = Type.Object({
  kind: Type.Literal('source'),
  id: SourceId,
  /** Null for a national source (the register of school units, a test platform). */
  huvudman: Type.Union([HuvudmanId, Type.Null()]),
  sourceKind: literals(SOURCE_KINDS),
  adapter: ShortText,
  /** The school units that it may speak of; left out: all of its huvudman's. */
  units: Type.Optional(Type.Array(SchoolUnitCode, { minItems: 1, maxItems: 2_000 })),
  /** Client ids that may push in this source's name. */
  clients: Type.Array(ShortText, { maxItems: 50 }),
  contract: Type.Object({
    /** How the security marking travels (design §8); without a statement, unknown means protected. */
    marking: literals(['field', 'filtered', 'separate-list', 'not-stated']),
    /** `full`: a person event lists all enrolments of that person, so that one that vanishes has ended. */
    completeness: literals(['full', 'delta']),
    /** Silence beyond this many hours is a finding. */
    silenceHours: Type.Integer({ minimum: 1, maximum: 24 * 365 }),
  }),
});
export type SourceSetting = Static<typeof SourceSetting>;

/** Terms and test windows of a school year. */
export const CalendarSetting = Type.Object({
  kind: Type.Literal('calendar'),
  id: ShortText,
  terms: Type.Array(Type.Object({ name: ShortText, startDate: Day, endDate: Day }), {
    maxItems: 40,
  }),
  tests: Type.Array(
    Type.Object({
      /** Skolverket's id of the test activity (standards §2.4). */
      activity: Id,
      displayName: ShortText,
      schoolType: SchoolType,
      schoolYear: Type.Optional(Type.Integer({ minimum: 0, maximum: 10 })),
      /**
       * `year`, also when it is absent: every pupil of the school type and year writes it. `course`: those whose teaching activity names
       * it as its `parentActivity`.
       */
      assignedBy: Type.Optional(literals(['year', 'course'])),
      windowStart: Day,
      windowEnd: Day,
    }),
    { maxItems: 1000 },
  ),
});
export type CalendarSetting = Static<typeof CalendarSetting>;

/** `dry-run` looks and counts; only `erase` erases, which cannot be undone. */
export const RETENTION_MODES = ['paused', 'dry-run', 'erase'] as const;

/** How long the register keeps what nobody asserts any more, and whether it acts on it: one for the hub. */
export const RetentionSetting = Type.Object({
  kind: Type.Literal('retention'),
  id: Type.Literal('register'),
  mode: literals(RETENTION_MODES),
  /** Where a huvudman has not said otherwise. */
  dormantDays: Type.Optional(DormantDays),
  /** The same for reports of presence, each of which is one huvudman's alone. */
  presenceDays: Type.Optional(PresenceDays),
  /** How long a question about who is who is kept after it was settled. */
  questionDays: Type.Optional(Type.Integer({ minimum: 7, maximum: 3_650 })),
  /** The hour of the night in Sweden at which the day's run may begin. */
  startsAtHour: Type.Optional(Type.Integer({ minimum: 0, maximum: 23 })),
});
export type RetentionSetting = Static<typeof RetentionSetting>;

/** What holds until an operator has written it: nothing is erased. */
export const DEFAULT_RETENTION: Required<RetentionSetting> = {
  kind: 'retention',
  id: 'register',
  mode: 'dry-run',
  dormantDays: 730,
  presenceDays: 400,
  questionDays: 30,
  startsAtHour: 2,
};

export const Setting = Type.Union([
  HuvudmanSetting,
  SourceSetting,
  CalendarSetting,
  RetentionSetting,
]);
export type Setting = Static<typeof Setting>;

/** The key of a setting on `admin.settings`. */
export function settingKey(setting: Pick<Setting, 'kind' | 'id'>): string {
  return `${setting.kind}/${setting.id}`;
}

const SOURCE_URN = 'urn:elevnav:source:';

/** The CloudEvents `source` of a source's events. */
export function sourceUrn(sourceId: string): string {
  return SOURCE_URN + sourceId;
}

/** The source that a CloudEvents `source` names; undefined when it names none of ours. */
export function sourceIdOf(urn: string): string | undefined {
  return urn.startsWith(SOURCE_URN) ? urn.slice(SOURCE_URN.length) : undefined;
}
