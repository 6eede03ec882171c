import { Controller } from '@nestjs/common';
import { type PersonState, stockholmDay } from '#canonical';
import { BatchHandler, causeOf, type EventBatch, type UnitOfWork } from '#stage';
import { AccessKnowledge } from './access-knowledge.js';
import { AccessRules } from './access-rules.js';
import { AccessRows, type AccessRow } from './access.store.js';
import { CourseStore } from './course.store.js';
import { KnowledgeStore } from './knowledge.store.js';
import { readCanonical, type Readable } from './read-canonical.js';
import { mergeRows, separateRows, type Regrouped } from './regroup-rows.js';
import { decideAccess } from './rules/decide-access.js';
import { keepFacts } from './rules/keep-facts.js';
import { noteAbsence } from './rules/note-absence.js';
import type { StaleKnowledge } from './rules/postpone-ends.js';
import { reportFindings } from './rules/report-findings.js';
import type { Participation } from './rules/take-courses.js';
import { newId, tellDecisions } from './tell-decisions.js';

/**
 * Another process may be taking in the groups of a pupil who comes for the first time here, and finds no row of theirs to make due: they are
 * looked at once more.
 */
const FIRST_LOOK_MS = 60_000;

/** Decides, event by event, who may reach which test. */
@Controller()
export class CanonicalEventsHandler {
  constructor(
    private readonly rules: AccessRules,
    private readonly knowledge: AccessKnowledge,
    private readonly stale: KnowledgeStore,
    private readonly courses: CourseStore,
  ) {}

  @BatchHandler({ stage: 'test-access', groups: [['canonical.events']] })
  async handle({ events, unit }: EventBatch): Promise<void> {
    const { persons, groups, activities } = readCanonical(events, unit);
    await this.courses.takeIn(groups, activities, unit);
    const rows = await AccessRows.load(unit, [...new Set(persons.flatMap(concerned))]);
    const { calendar } = this.rules;
    const former = new Map(persons.flatMap(statesOf).map(({ id, formerIds }) => [id, formerIds]));
    const formerIdsOf = (person: string) => former.get(person) ?? [];
    const [staleOf, coursesOf] = await Promise.all([
      this.knowledge.of(rows.all, unit),
      this.courses.of(rows.persons, { calendar, formerIdsOf }, unit),
    ]);
    const erased = erasedIds(persons, rows);
    const place: Place = { rows, unit, staleOf, coursesOf };
    for (const event of persons) {
      if (event.merged) this.regroup(event, mergeRows(event, event.merged, rows), place);
      else if (event.separated)
        this.regroup(event, separateRows(event, event.separated, rows), place); // prettier-ignore
      else this.decide(event, rows.of(event.person.id), place);
    }
    rows.save(unit);
    this.courses.forget(erased, unit);
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
    const isNew = row.facts === null;
    this.decideRow(event, row, { ...place, facts });
    if (isNew && this.mayTakeCourses(facts)) {
      row.lookBy(new Date(unit.now.getTime() + FIRST_LOOK_MS));
    }
  }

  private mayTakeCourses({ enrolments }: PersonState): boolean {
    const { courseSchoolTypes } = this.rules.calendar;
    return enrolments.some(({ schoolType }) => courseSchoolTypes.has(schoolType));
  }

  private decideRow(
    { received, type, presence }: Readable,
    row: AccessRow,
    { facts, unit, staleOf, coursesOf }: Omit<Place, 'rows'> & { readonly facts: PersonState },
  ): void {
    const outcome = decideAccess(row.record, facts, {
      now: unit.now,
      calendar: this.rules.calendar,
      cause: causeOf(received),
      personEventType: type,
      presence,
      participations: coursesOf(row.person),
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

interface Place {
  readonly rows: AccessRows;
  readonly unit: UnitOfWork;
  /** Why the facts of a person may not be the whole truth now. */
  staleOf(person: string): readonly StaleKnowledge[];
  coursesOf(person: string): readonly Participation[];
}

/** The first of the two events of a separation decides about both. */
function statesOf({ person, separated }: Readable): PersonState[] {
  return separated ? [separated.other, person] : [person];
}

/** Who is erased, with the ids that they had before: those of the events before, since an erased person's own names none. */
function erasedIds(persons: readonly Readable[], rows: AccessRows): string[] {
  const erased = persons.filter(({ person }) => person.standing === 'erased');
  return erased.flatMap(({ person: { id } }) => {
    const { facts } = rows.of(id);
    const known = persons.filter(({ person }) => person.id === id).map(({ person }) => person);
    if (facts !== null) known.push(rows.of(id).personState);
    return [id, ...known.flatMap(({ formerIds }) => formerIds ?? [])];
  });
}

function concerned({ person, merged, separated }: Readable): string[] {
  if (merged) return [merged.from, merged.into];
  return separated ? [separated.from, separated.apart] : [person.id];
}
