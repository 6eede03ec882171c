import { Controller } from '@nestjs/common';
import {
  schemaOf,
  type MergeChange,
  type PersonEvent,
  type PersonState,
  type PresenceReport,
  type SeparationChange,
  stockholmDay,
} from '#canonical';
import {
  BatchHandler,
  causeOf,
  type EventBatch,
  type ReceivedEvent,
  type UnitOfWork,
} from '#stage';
import { AccessKnowledge } from './access-knowledge.js';
import { AccessRules } from './access-rules.js';
import { AccessRows, type AccessRow } from './access.store.js';
import { KnowledgeStore } from './knowledge.store.js';
import { mergeRows, separateRows, type Regrouped } from './regroup-rows.js';
import { decideAccess } from './rules/decide-access.js';
import { keepFacts } from './rules/keep-facts.js';
import { noteAbsence } from './rules/note-absence.js';
import type { StaleKnowledge } from './rules/postpone-ends.js';
import { reportFindings } from './rules/report-findings.js';
import { newId, tellDecisions } from './tell-decisions.js';

/** A person event that kept its contract. */
interface Readable {
  readonly received: ReceivedEvent;
  readonly type: PersonEvent['type'];
  readonly person: PersonState;
  readonly sequence: string;
  readonly presence?: PresenceReport;
  /** Of a merge or a separation: it concerns two persons, whose rows are decided together. */
  readonly merged?: MergeChange['merged'];
  readonly separated?: SeparationChange['separated'];
}

/** Decides, event by event, who may reach which test. */
@Controller()
export class CanonicalEventsHandler {
  constructor(
    private readonly rules: AccessRules,
    private readonly knowledge: AccessKnowledge,
    private readonly stale: KnowledgeStore,
  ) {}

  @BatchHandler({ stage: 'test-access', groups: [['canonical.events']] })
  async handle({ events, unit }: EventBatch): Promise<void> {
    const readable = events.flatMap((event) => readPersonEvent(event, unit) ?? []);
    const persons = [...new Set(readable.flatMap(concerned))];
    const rows = await AccessRows.load(unit, persons);
    const place: Place = { rows, unit, staleOf: await this.knowledge.of(rows.all, unit) };
    for (const event of readable) {
      if (event.merged) this.regroup(event, mergeRows(event, event.merged, rows), place);
      else if (event.separated)
        this.regroup(event, separateRows(event, event.separated, rows), place); // prettier-ignore
      else this.decide(event, rows.of(event.person.id), place);
    }
    rows.save(unit);
  }

  /** Applied to both rows by whichever of its two events comes first; the other then says nothing new. */
  private regroup(event: Readable, regrouped: Regrouped, place: Place): void {
    const { unit } = place;
    for (const { row, before } of regrouped.restarted) {
      for (const finding of reportFindings(row.person, before, row.record)) unit.finding(finding);
    }
    if (regrouped.follows) this.stale.follow(regrouped.follows.from, regrouped.follows.into, unit);
    for (const { row, facts } of regrouped.decide) this.decideRow(event, row, { ...place, facts });
    if (regrouped.decide.length === 0) unit.settle(event.received, 'filtered:older');
  }

  private decide(event: Readable, row: AccessRow, place: Place): void {
    const { unit } = place;
    const { received, person } = event;
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
    this.decideRow(event, row, { ...place, facts });
  }

  private decideRow(
    { received, type, presence }: Readable,
    row: AccessRow,
    { facts, unit, staleOf }: Omit<Place, 'rows'> & { readonly facts: PersonState },
  ): void {
    const outcome = decideAccess(row.record, facts, {
      now: unit.now,
      calendar: this.rules.calendar,
      cause: causeOf(received),
      personEventType: type,
      presence,
      stale: staleOf(row.person),
      policyOf: (huvudman) => this.rules.policyOf(huvudman),
      newId,
    });
    const { id, causationid, traceparent } = received.envelope;
    const occasion = { id, causationid: causationid ?? causeOf(received), traceparent };
    tellDecisions(unit, row, outcome, { facts, text: JSON.stringify(facts), occasion });
    if (outcome.events.length === 0) settleUntouched({ received, type }, unit);
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
function settleUntouched(
  { received, type }: Pick<Readable, 'received' | 'type'>,
  unit: UnitOfWork,
): void {
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
    merged: 'merged' in change ? change.merged : undefined,
    separated: 'separated' in change ? change.separated : undefined,
  };
}

interface Place {
  readonly rows: AccessRows;
  readonly unit: UnitOfWork;
  /** Why the facts of a person may not be the whole truth now. */
  staleOf(person: string): readonly StaleKnowledge[];
}

function concerned({ person, merged, separated }: Readable): string[] {
  if (merged) return [merged.from, merged.into];
  return separated ? [separated.from, separated.apart] : [person.id];
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
