import {
  schemaOf,
  type ActivityEvent,
  type ActivityState,
  type GroupEvent,
  type GroupState,
  type MergeChange,
  type PersonEvent,
  type PersonState,
  type PresenceReport,
  type SeparationChange,
} from '#canonical';
import type { ReceivedEvent, UnitOfWork } from '#stage';
import type { Versioned } from './course.store.js';

/** A person event that kept its contract. */
export interface Readable {
  readonly received: ReceivedEvent;
  readonly type: PersonEvent['type'];
  readonly person: PersonState;
  readonly sequence: string;
  readonly presence?: PresenceReport;
  /** Of a merge or a separation: it concerns two persons, whose rows are decided together. */
  readonly merged?: MergeChange['merged'];
  readonly separated?: SeparationChange['separated'];
}

/** What a batch of `canonical.events` says that matters here. */
export interface ReadCanonical {
  readonly persons: readonly Readable[];
  readonly groups: readonly Versioned<GroupState>[];
  readonly activities: readonly Versioned<ActivityState>[];
}

/** Sorts a batch. What breaks its contract is parked, what is of no concern here is settled. */
export function readCanonical(events: readonly ReceivedEvent[], unit: UnitOfWork): ReadCanonical {
  const persons: Readable[] = [];
  const groups: Versioned<GroupState>[] = [];
  const activities: Versioned<ActivityState>[] = [];
  for (const received of events) {
    const concern = concernOf(received.envelope.type);
    if (!keepsContract(received, concern, unit)) continue;
    const { envelope, data } = received;
    const version = {
      sequence: envelope.sequence!,
      isCancelled: envelope.type.endsWith('.cancelled'),
    };
    if (concern === 'person') {
      persons.push(readPersonEvent(received, unit));
    } else if (concern === 'group') {
      groups.push({ ...version, state: (data as GroupEvent['data']).group });
      unit.settle(received, 'passed');
    } else if (concern === 'activity') {
      activities.push({ ...version, state: (data as ActivityEvent['data']).activity });
      unit.settle(received, 'passed');
    } else {
      unit.settle(received, 'filtered:irrelevant');
    }
  }
  return { persons, groups, activities };
}

type Concern = 'person' | 'group' | 'activity' | 'none';

function concernOf(type: string): Concern {
  const subject = type.split('.')[2];
  switch (subject) {
    case 'person':
    case 'enrolment':
    case 'duty':
    case 'test':
    case 'absence':
    case 'attendance':
      return 'person';
    case 'group':
    case 'activity':
      return subject;
    default:
      return 'none';
  }
}

/** False for what was parked: of an unknown type, or not as its schema says. */
function keepsContract(received: ReceivedEvent, concern: Concern, unit: UnitOfWork): boolean {
  const { envelope } = received;
  const schema = schemaOf('canonical.events', envelope.type);
  if (schema === undefined) {
    const says =
      'canonical.events has no such type: deploy a test-access that knows it, then retry.';
    const issues = [{ pointer: '/', says }];
    const causeGroup = envelope.type.slice(0, 200);
    unit.park(received, { code: 'unknown-type', causeGroup, issues });
    return false;
  }
  if (concern === 'none') return true;
  const issues = faultsOf(received, concern, schema);
  if (issues.length === 0) return true;
  unit.park(received, {
    code: 'bad-data',
    causeGroup: `canonical.events ${envelope.type}`,
    issues: issues.map(({ pointer, expected }) => ({ pointer, says: expected })),
  });
  return false;
}

function readPersonEvent(received: ReceivedEvent, unit: UnitOfWork): Readable {
  const { envelope, data } = received;
  const { person, change } = data as PersonEvent['data'];
  unit.about(received, person.id);
  return {
    received,
    type: envelope.type as PersonEvent['type'],
    person,
    sequence: envelope.sequence!,
    presence: 'says' in change ? change : undefined,
    merged: 'merged' in change ? change.merged : undefined,
    separated: 'separated' in change ? change.separated : undefined,
  };
}

type Fault = { readonly pointer: string; readonly expected: string };

function faultsOf(
  { envelope, data }: ReceivedEvent,
  concern: Concern,
  schema: NonNullable<ReturnType<typeof schemaOf>>,
): readonly Fault[] {
  if (!schema.check(data)) return schema.faults(data);
  if (!envelope.sequence) return [{ pointer: '/', expected: 'the attribute ce_sequence' }];
  if (concern !== 'person') return [];
  const { person, change } = data as PersonEvent['data'];
  const instants = [
    ...person.tests.map(({ at }, index) => [`/person/tests/${index}/at`, at] as const),
    ...('says' in change
      ? [
          ['/change/startTime', change.startTime] as const,
          ['/change/endTime', change.endTime ?? change.startTime] as const,
        ]
      : []),
  ];
  return instants
    .filter(([, instant]) => Number.isNaN(Date.parse(instant)))
    .map(([pointer]) => ({ pointer, expected: 'an instant by RFC 3339' }));
}
