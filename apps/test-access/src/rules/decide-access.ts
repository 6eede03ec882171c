import type { AccessPolicy, PersonEvent, PersonState, PresenceReport } from '#canonical';
import type { AccessRecord, KeptAbsence, Rules } from './access-record.js';
import type { Calendar } from './arrange-calendar.js';
import { assignTests } from './assign-tests.js';
import { compareEntries, type AccessDecision } from './compare-entries.js';
import { compareTests } from './compare-tests.js';
import { entitleDuties } from './entitle-duties.js';
import { entitleEnrolments } from './entitle-enrolments.js';
import type { Entitlement } from './entitlement.js';
import { nextDue } from './next-due.js';
import { noteAbsence } from './note-absence.js';
import { reportFindings, type AccessFinding } from './report-findings.js';
import { stockholmDay } from './stockholm-day.js';
import { traceStays } from './trace-stays.js';
import { partOf, placeOfThing, rememberEppns, resolveEppns } from './resolve-eppns.js';

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
  const isHere = facts.personStatus === 'Aktiv' && facts.standing !== 'erased';
  const stays = isHere ? traceStays(facts.enrolments, rules.today) : [];
  const eppns = resolveEppns(facts, stays, { remembered: knownEppns(record), today: rules.today });
  const pupil = entitleEnrolments({
    stays,
    tests: facts.tests,
    rules,
    isProtected,
    eppnOf: (stay) => eppns.ofPupil(stay),
    present: presentEntry(record),
  });
  const duties = isHere ? facts.duties : [];
  const staff = entitleDuties(duties, rules, (duty) => eppns.ofStaff(placeOfThing(duty)));
  const absences = facts.standing === 'erased' ? [] : keepAbsences(record, rules, context);
  const assigned = assignTests({
    person: facts.id,
    stays,
    seats: pupil.seats,
    reported: facts.tests,
    absences,
    present: record.access.tests,
    isProtected,
    rules,
    newId: (name) => context.newId(name),
  });
  const now = context.now.toISOString();
  const compared = compareEntries(
    record.access,
    { entries: [...pupil.entries, ...staff.entries], standings: standingsOf(pupil, staff.entries) },
    {
      person: facts.id,
      isProtected,
      now,
      cause: context.cause,
      newId: (name) => context.newId(name),
    },
  );
  const { entries, standings, decisions } = compared;
  const state: AccessRecord = {
    access: { entries, standings, tests: assigned.tests },
    eppns: rememberEppns(facts, eppns, record.eppns),
    absences,
    overdue: overdueOf(record, pupil, now),
  };
  const wakes = [...pupil.wakes, ...staff.wakes, ...assigned.wakes];
  return {
    state,
    events: [...decisions, ...compareTests(record.access.tests, assigned.tests, rules.today)],
    findings: reportFindings(facts.id, record, state),
    nextDue: nextDue(wakes, rules.today),
  };
}

/** What is remembered, and what the entries that stand log in with. */
function knownEppns({ access, eppns }: AccessRecord): Readonly<Record<string, string>> {
  const missing = access.entries.filter(
    ({ eppn, huvudman, role }) => eppn !== null && eppns[partOf(role, huvudman)] === undefined,
  );
  if (missing.length === 0) return eppns;
  const entries = missing.map(
    ({ role, huvudman, eppn }) => [partOf(role, huvudman), eppn] as const,
  );
  return { ...Object.fromEntries(entries), ...eppns } as Record<string, string>;
}

function presentEntry({
  access,
}: AccessRecord): AccessRecord['access']['entries'][number] | undefined {
  const usable = access.entries.filter(({ role, eppn }) => role === 'pupil' && eppn !== null);
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

function overdueOf(
  record: AccessRecord,
  { overdue }: Entitlement,
  now: string,
): AccessRecord['overdue'] {
  if (overdue === undefined) return undefined;
  const { huvudman, schoolUnit } = overdue;
  const isSame = record.overdue?.huvudman === huvudman && record.overdue.schoolUnit === schoolUnit;
  return { huvudman, schoolUnit, since: isSame ? record.overdue!.since : now };
}
