import { Controller } from '@nestjs/common';
import { schemaOf, type PersonEvent, type PersonState, type PresenceReport } from '#canonical';
import {
  BatchHandler,
  causeOf,
  type EventBatch,
  type ReceivedEvent,
  type UnitOfWork,
} from '#stage';
import { AccessRules } from './access-rules.js';
import { AccessRows, type AccessRow } from './access.store.js';
import { decideAccess } from './rules/decide-access.js';
import { keepFacts } from './rules/keep-facts.js';
import { noteAbsence } from './rules/note-absence.js';
import { stockholmDay } from './rules/stockholm-day.js';
import { newId, tellDecisions } from './tell-decisions.js';

/** A person event that kept its contract. */
interface Readable {
  readonly received: ReceivedEvent;
  readonly type: PersonEvent['type'];
  readonly person: PersonState;
  readonly sequence: string;
  readonly presence?: PresenceReport;
}

/** Decides, event by event, who may reach which test. */
@Controller()
export class CanonicalEventsHandler {
  constructor(private readonly rules: AccessRules) {}

  @BatchHandler({ stage: 'test-access', groups: [['canonical.events']] })
  async handle({ events, unit }: EventBatch): Promise<void> {
    const readable = events.flatMap((event) => readPersonEvent(event, unit) ?? []);
    const persons = [...new Set(readable.map(({ person }) => person.id))];
    const rows = await AccessRows.load(unit, persons);
    for (const event of readable) this.decide(event, rows.of(event.person.id), unit);
    rows.save(unit);
  }

  private decide(event: Readable, row: AccessRow, unit: UnitOfWork): void {
    const { received, type, presence, person } = event;
    if (!row.takeSequence(event.sequence)) {
      unit.settle(received, 'filtered:older');
      return;
    }
    const facts = keepFacts(person);
    const text = JSON.stringify(facts);
    const isDue = row.nextDue !== null && row.nextDue <= unit.now;
    if (text === row.facts && !isDue && !this.mattersForTests(event, row, unit.now)) {
      settleUntouched(event, unit);
      return;
    }
    const outcome = decideAccess(row.record, facts, {
      now: unit.now,
      calendar: this.rules.calendar,
      cause: causeOf(received),
      personEventType: type,
      presence,
      policyOf: (huvudman) => this.rules.policyOf(huvudman),
      newId,
    });
    const { id, causationid, traceparent } = received.envelope;
    const occasion = { id, causationid: causationid ?? causeOf(received), traceparent };
    tellDecisions(unit, row, outcome, { facts, text, occasion });
    if (outcome.events.length === 0) settleUntouched(event, unit);
    else unit.settle(received, 'passed', wordsOf(outcome.events));
  }

  private mattersForTests({ presence, type }: Readable, row: AccessRow, now: Date): boolean {
    if (presence === undefined) return false;
    const context = {
      isCancelled: type.endsWith('.cancelled'),
      calendar: this.rules.calendar,
      today: stockholmDay(now),
    };
    const kept = row.record.absences;
    return noteAbsence(kept, presence, context) !== kept;
  }
}

/** `publish` tells person, enrolment, duty, absence and attendance events too; what the platform says of tests it does not. */
function settleUntouched({ received, type }: Readable, unit: UnitOfWork): void {
  unit.settle(received, type.startsWith('se.elevnav.test.') ? 'filtered:unchanged' : 'passed');
}

/** `access.moved, test.begun`: what came of the event, for its trail. */
function wordsOf(events: readonly { readonly type: string }[]): string {
  const words = new Set(events.map(({ type }) => type.slice('se.elevnav.'.length)));
  return [...words].join(', ').slice(0, 200);
}

function readPersonEvent(received: ReceivedEvent, unit: UnitOfWork): Readable | undefined {
  const { envelope, data } = received;
  const schema = schemaOf('canonical.events', envelope.type);
  if (schema === undefined) {
    const says =
      'canonical.events has no such type: deploy a test-access that knows it, then retry.';
    const issues = [{ pointer: '/', says }];
    const causeGroup = envelope.type.slice(0, 200);
    unit.park(received, { code: 'unknown-type', causeGroup, issues });
    return undefined;
  }
  if (!isAboutPerson(envelope.type)) {
    unit.settle(received, 'filtered:irrelevant');
    return undefined;
  }
  const issues = faultsOf(received, schema);
  if (issues.length > 0) {
    unit.park(received, {
      code: 'bad-data',
      causeGroup: `canonical.events ${envelope.type}`,
      issues: issues.map(({ pointer, expected }) => ({ pointer, says: expected })),
    });
    return undefined;
  }
  const { person, change } = data as PersonEvent['data'];
  unit.about(received, person.id);
  return {
    received,
    type: envelope.type as PersonEvent['type'],
    person,
    sequence: envelope.sequence!,
    presence: 'says' in change ? change : undefined,
  };
}

type Fault = { readonly pointer: string; readonly expected: string };

function faultsOf(
  { envelope, data }: ReceivedEvent,
  schema: NonNullable<ReturnType<typeof schemaOf>>,
): readonly Fault[] {
  if (!schema.check(data)) return schema.faults(data);
  if (!envelope.sequence) return [{ pointer: '/', expected: 'the attribute ce_sequence' }];
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

function isAboutPerson(type: string): boolean {
  switch (type.split('.')[2]) {
    case 'person':
    case 'enrolment':
    case 'duty':
    case 'test':
    case 'absence':
    case 'attendance':
      return true;
    default:
      return false;
  }
}
