import type { Duty, Enrolment, PersonEvent, PersonState, ReportedTest } from '#canonical';
import { SECURITY_MARKINGS } from '#canonical';

/** One change of a person; the event's data are this change and the whole new state. */
export interface PersonDifference {
  readonly type: PersonEvent['type'];
  readonly change: { readonly fields: string[] } | { readonly id: string };
  /** The school unit that the change is about, if it is about one. */
  readonly schoolUnit?: string;
}

/** What the states themselves do not show. */
export interface PersonNews {
  /** A register dropped its claim while another register's stands. */
  readonly withdrawn: boolean;
  /** Names, civic number or birth date changed: values that no event carries. */
  readonly identityChanged: boolean;
}

export const NO_NEWS: PersonNews = { withdrawn: false, identityChanged: false };

/**
 * What changed between two states of a person, as canonical events: the person first, then enrolments, duties and tests. Nothing
 * changed gives nothing.
 */
export function comparePersons(
  before: PersonState | null,
  after: PersonState,
  news: PersonNews = NO_NEWS,
): PersonDifference[] {
  return [
    ...comparePerson(before, after, news),
    ...compareSpans('enrolment', before?.enrolments ?? [], after.enrolments),
    ...compareSpans('duty', before?.duties ?? [], after.duties),
    ...compareTests(before?.tests ?? [], after.tests),
  ];
}

function comparePerson(
  before: PersonState | null,
  after: PersonState,
  news: PersonNews,
): PersonDifference[] {
  const differences: PersonDifference[] = [];
  const add = (verb: string, fields: string[]): void => {
    differences.push({
      type: `se.elevnav.person.${verb}` as PersonEvent['type'],
      change: { fields },
    });
  };
  if (before === null) {
    add('registered', []);
    if (after.securityMarking !== 'Ingen') add('protected', ['securityMarking']);
    if (after.standing === 'dormant') add('dormant', ['standing']);
    return differences;
  }
  const fields = changedFields(before, after, news);
  const marking = compareMarkings(before, after);
  if (marking === 'updated') fields.push('securityMarking');
  else if (marking !== undefined) add(marking, ['securityMarking']);
  if (before.standing !== after.standing && after.standing === 'dormant')
    add('dormant', ['standing']);
  else if (news.withdrawn) add('withdrawn', ['claims']);
  if (before.standing !== after.standing && after.standing === 'present') fields.push('standing');
  if (fields.length > 0) add('updated', fields);
  return differences;
}

function changedFields(before: PersonState, after: PersonState, news: PersonNews): string[] {
  const fields: string[] = [];
  if (news.identityChanged) fields.push('identity');
  if (before.personStatus !== after.personStatus) fields.push('personStatus');
  if (!sameEppns(before, after)) fields.push('eppns');
  return fields;
}

/** Lifting one marking while a weaker one stands is an update: the person is still protected. */
function compareMarkings(
  before: PersonState,
  after: PersonState,
): 'protected' | 'unprotected' | 'updated' | undefined {
  const from = SECURITY_MARKINGS.indexOf(before.securityMarking);
  const to = SECURITY_MARKINGS.indexOf(after.securityMarking);
  if (from === to) return undefined;
  if (to > from) return 'protected';
  return to === 0 ? 'unprotected' : 'updated';
}

function sameEppns(before: PersonState, after: PersonState): boolean {
  return (
    before.eppns === after.eppns ||
    (before.eppns.length === after.eppns.length &&
      before.eppns.every((eppn, index) => {
        const other = after.eppns[index]!;
        return eppn.value === other.value && eppn.huvudman === other.huvudman;
      }))
  );
}

type Span = Enrolment | Duty;

function compareSpans(
  entity: 'enrolment' | 'duty',
  before: readonly Span[],
  after: readonly Span[],
): PersonDifference[] {
  if (before === after || (before.length === 0 && after.length === 0)) return [];
  const differences: PersonDifference[] = [];
  const add = (verb: string, { id, schoolUnit }: Span): void => {
    const type = `se.elevnav.${entity}.${verb}` as PersonEvent['type'];
    differences.push({ type, change: { id }, schoolUnit });
  };
  for (const span of after) {
    const verb = spanVerb(
      before.find((other) => other.id === span.id),
      span,
    );
    if (verb !== undefined) add(verb, span);
  }
  for (const span of before) {
    if (!after.some((other) => other.id === span.id)) add('ended', span);
  }
  return differences;
}

function spanVerb(
  before: Span | undefined,
  after: Span,
): 'started' | 'changed' | 'ended' | 'cancelled' | undefined {
  if (before === undefined) return isCancelled(after) ? 'cancelled' : 'started';
  if (isCancelled(after) && !isCancelled(before)) return 'cancelled';
  if (endsEarlier(before, after)) return 'ended';
  return sameSpan(before, after) ? undefined : 'changed';
}

function isCancelled(span: Span): boolean {
  return 'cancelled' in span && span.cancelled;
}

function endsEarlier(before: Span, after: Span): boolean {
  if (after.endDate === undefined || isCancelled(after)) return false;
  return before.endDate === undefined || after.endDate < before.endDate;
}

const SPAN_FIELDS = [
  'schoolUnit',
  'schoolType',
  'schoolYear',
  'educationCode',
  'startDate',
  'endDate',
  'cancelled',
  'endReason',
  'dutyRole',
  'huvudman',
] as const satisfies readonly (keyof Enrolment | keyof Duty)[];

function sameSpan(before: Span, after: Span): boolean {
  const one = before as Partial<Record<(typeof SPAN_FIELDS)[number], unknown>>;
  const other = after as Partial<Record<(typeof SPAN_FIELDS)[number], unknown>>;
  return SPAN_FIELDS.every((field) => one[field] === other[field]);
}

function compareTests(
  before: readonly ReportedTest[],
  after: readonly ReportedTest[],
): PersonDifference[] {
  if (before === after || after.length === 0) return [];
  const differences: PersonDifference[] = [];
  for (const test of after) {
    const known = before.find((other) => other.id === test.id);
    if (known?.state === test.state && known.at === test.at) continue;
    differences.push({ type: `se.elevnav.test.${test.state}`, change: { id: test.id } });
  }
  return differences;
}
