import {
  type AccessEntry,
  type AccessPolicy,
  type Enrolment,
  type PersonEvent,
  type PersonState,
  type PresenceReport,
  NEVER,
  addDays,
  stockholmDay,
} from '#canonical';
import type { AccessRecord, KeptAbsence, Rules } from './access-record.js';
import type { Calendar } from './arrange-calendar.js';
import { assignTests } from './assign-tests.js';
import { compareEntries, type AccessDecision } from './compare-entries.js';
import { compareTests } from './compare-tests.js';
import { entitleDuties } from './entitle-duties.js';
import { entitleEnrolments } from './entitle-enrolments.js';
import type { Entitlement } from './entitlement.js';
import { nextDue, nextWake } from './next-due.js';
import { noteAbsence } from './note-absence.js';
import { noteOverdue } from './note-overdue.js';
import { postponeEnds, type StaleKnowledge } from './postpone-ends.js';
import type { PupilFacts } from './pupil-facts.js';
import { reportFindings, type AccessFinding } from './report-findings.js';
import type { Participation } from './take-courses.js';
import { traceStays } from './trace-stays.js';
import { placeOfThing, rememberEppns, resolveEppns, type ResolvedEppns } from './resolve-eppns.js';

export interface DecisionContext {
  /** When this is decided; the only time there is (design §6, rule 7). */
  readonly now: Date;
  readonly calendar: Calendar;
  /** What is decided because of: the source event (`causationOf`), or the day that came. Kept as the reason. */
  readonly cause: string;
  /** The canonical event, or `time` when nothing but the day has changed. */
  readonly personEventType: PersonEvent['type'] | 'time';
  /** What an absence or attendance event reports. */
  readonly presence?: PresenceReport;
  /** The courses that schools say the person takes; none if absent. */
  readonly participations?: readonly Participation[];
  /** Why the facts may not be the whole truth now: nothing then ends by time alone. Absent or empty: they are fresh. */
  readonly stale?: readonly StaleKnowledge[];
  policyOf(huvudman: string): AccessPolicy;
  /** A UUID that follows from the name. */
  newId(name: string): string;
}

export interface AccessOutcome {
  readonly state: AccessRecord;
  /** What to tell, in this order. */
  readonly events: readonly AccessDecision[];
  readonly findings: readonly AccessFinding[];
  /** When to decide again if no fact comes before; null when time alone changes nothing. */
  readonly nextDue: Date | null;
}

/**
 * Who may reach which test, and where (design §6). No input or output; the same record, facts and context always give the same
 * outcome, and facts that came in another order end in the same state, but for ids and since-when.
 *
 * @param record what was decided before, `NO_ACCESS` for a person not seen yet.
 * @param facts the person's whole present state.
 */
export function decideAccess(
  record: AccessRecord,
  facts: PersonState,
  context: DecisionContext,
): AccessOutcome {
  const rules: Rules = {
    today: stockholmDay(context.now),
    calendar: context.calendar,
    policyOf: (huvudman) => context.policyOf(huvudman),
  };
  const isProtected = facts.securityMarking !== 'Ingen';
  const participations = context.participations ?? [];
  const entitled = entitle(record, facts, { rules, participations });
  const { stays, eppns, pupil, staff } = entitled;
  const wanted = postponeEnds(together(entitled), {
    record,
    today: rules.today,
    stale: context.stale ?? [],
    isProtected,
    stays,
    entitledOn: (day) =>
      together(entitle(record, facts, { rules: { ...rules, today: day }, participations })),
  });
  const absences = facts.standing === 'erased' ? [] : keepAbsences(record, rules, context);
  const named = nameOf(facts.id, record);
  const assigned = assignTests({
    person: named,
    stays,
    seats: wanted.seats,
    reported: facts.tests,
    participations,
    absences,
    present: record.access.tests,
    isProtected,
    rules,
    newId: (name) => context.newId(name),
  });
  const now = context.now.toISOString();
  const { entries, standings, decisions } = compareEntries(record.access, wanted, {
    person: named,
    isProtected,
    now,
    cause: context.cause,
    newId: (name) => context.newId(name),
  });
  const overdue = noteOverdue(record, pupil.overdue, { standings, now, today: rules.today });
  const wakes = [...pupil.wakes, ...staff.wakes, ...wanted.wakes, ...assigned.wakes];
  wakes.push(...daysOfChange(facts.enrolments));
  if (overdue?.until !== undefined) wakes.push(addDays(overdue.until, 1));
  const next = nextWake(wakes, rules.today);
  const state: AccessRecord = {
    access: { entries, standings, tests: assigned.tests },
    eppns: rememberEppns(facts, eppns, { remembered: record.eppns, entries }),
    absences,
    overdue,
    holdsThrough: next === NEVER ? NEVER : addDays(next, -1),
    postponed: wanted.postponed,
    ...(record.separations && { separations: record.separations }),
  };
  return {
    state,
    events: [...decisions, ...compareTests(record.access.tests, assigned.tests, rules.today)],
    findings: reportFindings(facts.id, record, state),
    nextDue: nextDue(wakes, rules.today),
  };
}

/** What new ids are named after. */
function nameOf(person: string, { separations }: AccessRecord): string {
  return separations === undefined ? person : `${person}/${separations}`;
}

/** What the facts give on the day of the rules. */
function entitle(
  record: AccessRecord,
  facts: PersonState,
  { rules, participations }: Pick<PupilFacts, 'rules' | 'participations'>,
) {
  const isHere = facts.personStatus === 'Aktiv' && facts.standing !== 'erased';
  const isEligible = ({ huvudman, schoolType }: Enrolment) =>
    rules.policyOf(huvudman).eligibleSchoolTypes.some((eligible) => eligible === schoolType);
  const stays = isHere ? traceStays(facts.enrolments.filter(isEligible), rules.today) : [];
  const eppns = resolveEppns(facts, stays, { remembered: record.eppns, today: rules.today });
  const pupil = entitleEnrolments({
    stays,
    tests: facts.tests,
    participations,
    rules,
    isProtected: facts.securityMarking !== 'Ingen',
    eppnOf: (stay) => eppns.ofPupil(stay),
    present: presentEntry(record, facts, eppns),
  });
  const duties = isHere ? facts.duties : [];
  const staff = entitleDuties(duties, rules, (duty) => eppns.ofStaff(placeOfThing(duty)));
  return { stays, eppns, pupil, staff };
}

/** As a pupil and as staff. */
function together({ pupil, staff }: Pick<ReturnType<typeof entitle>, 'pupil' | 'staff'>) {
  return {
    entries: [...pupil.entries, ...staff.entries],
    standings: standingsOf(pupil, staff.entries),
    seats: pupil.seats,
  };
}

/** With the EPPN of today: an entry that is held must keep neither one that its huvudman has replaced nor one that is another person's. */
function presentEntry(
  { access, eppns: remembered }: AccessRecord,
  facts: Pick<PersonState, 'eppns'>,
  eppns: ResolvedEppns,
): AccessEntry | undefined {
  const given = new Set([...Object.values(remembered), ...facts.eppns.map(({ value }) => value)]);
  const usable = access.entries.flatMap((entry) => {
    if (entry.role !== 'pupil' || entry.eppn === null) return [];
    const own = eppns.ofPupil({ huvudman: entry.huvudman, source: '', formerHuvudmen: [] });
    const eppn = own ?? (given.has(entry.eppn) ? entry.eppn : null);
    return eppn === null ? [] : [{ ...entry, eppn }];
  });
  return usable.find(({ home }) => home) ?? usable[0];
}

function keepAbsences(
  record: AccessRecord,
  { calendar, today }: Rules,
  { personEventType, presence }: DecisionContext,
): readonly KeptAbsence[] {
  if (presence === undefined) return record.absences;
  const isCancelled = personEventType.endsWith('.cancelled');
  return noteAbsence(record.absences, presence, { isCancelled, calendar, today });
}

function standingsOf(pupil: Entitlement, staff: Entitlement['entries']): Entitlement['standings'] {
  const unusable = staff.filter(({ eppn }) => eppn === null);
  if (unusable.length === 0) return pupil.standings;
  return [
    ...pupil.standings,
    ...unusable.map((about) => ({ state: 'awaiting', mustAct: 'huvudman', about }) as const),
  ];
}

/** A new school year within one stay is no move, but the tests become others on its day. */
function daysOfChange(enrolments: readonly Enrolment[]): string[] {
  return enrolments.flatMap(({ startDate, endDate }) => [startDate, addDays(endDate ?? NEVER, 1)]);
}
