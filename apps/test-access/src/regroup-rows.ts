import { withNumber, type MergeChange, type PersonState, type SeparationChange } from '#canonical';
import type { AccessRow } from './access.store.js';
import { NO_ACCESS, type AccessRecord } from './rules/access-record.js';
import { joinRecords, splitRecord } from './rules/join-records.js';
import { keepFacts } from './rules/keep-facts.js';

/** A person event of a merge or a separation: the state of whom it is about, and its place in the order. */
export interface RegroupingEvent {
  readonly person: PersonState;
  readonly sequence: string;
}

interface Rows {
  of(person: string): AccessRow;
}

/** What a merge or a separation made of two rows. */
export interface Regrouped {
  /** Rows whose record goes on from another one; `before` is what it was. */
  readonly restarted: readonly { readonly row: AccessRow; readonly before: AccessRecord }[];
  /** What must be decided again, in this order; nothing when the event says nothing new. */
  readonly decide: readonly { readonly row: AccessRow; readonly facts: PersonState }[];
  /** What is known of one person is the other's from now on. */
  readonly follows?: { readonly from: string; readonly into: string };
}

/** Two persons were one. */
export function mergeRows(
  { person, sequence }: RegroupingEvent,
  { from, fromNumber, into, intoNumber }: MergeChange['merged'],
  rows: Rows,
): Regrouped {
  const [gone, stays] = [rows.of(from), rows.of(into)];
  const isFirst = gone.takeSequence(withNumber(sequence, fromNumber));
  const isNews = stays.takeSequence(withNumber(sequence, intoNumber));
  if (!isFirst) {
    return { restarted: [], decide: isNews ? [{ row: stays, facts: keepFacts(person) }] : [] };
  }
  const joined = joinRecords(stays.record, gone.record);
  const restarted = [restart(gone, NO_ACCESS), restart(stays, joined)];
  gone.end(JSON.stringify(endedFacts(from)));
  const facts = isNews ? keepFacts(person) : stays.personState;
  return { restarted, decide: [{ row: stays, facts }], follows: { from, into } };
}

/** One person was two. */
export function separateRows(
  { person, sequence }: RegroupingEvent,
  { from, fromNumber, apart, apartNumber, other }: SeparationChange['separated'],
  rows: Rows,
): Regrouped {
  const [whole, part] = [rows.of(from), rows.of(apart)];
  const states = person.id === apart ? [person, other] : [other, person];
  const [partState, wholeState] = states as [PersonState, PersonState];
  const isFirst = part.takeSequence(withNumber(sequence, apartNumber));
  const isNews = whole.takeSequence(withNumber(sequence, fromNumber));
  if (!isFirst && !isNews) return { restarted: [], decide: [] };
  const wholeFacts = { row: whole, facts: isNews ? keepFacts(wholeState) : whole.personState };
  if (!isFirst) return { restarted: [], decide: [wholeFacts] };
  const split = splitRecord(whole.record, new Set(partState.splitFrom?.huvudmen));
  const restarted = [restart(part, split.apart), restart(whole, split.stays)];
  return { restarted, decide: [{ row: part, facts: keepFacts(partState) }, wholeFacts] };
}

function restart(row: AccessRow, record: AccessRecord): Regrouped['restarted'][number] {
  const before = row.record;
  row.startFrom(record);
  return { row, before };
}

/** What is kept of the facts of a person who turned out to be another. */
function endedFacts(id: string): PersonState {
  return {
    id,
    securityMarking: 'Ingen',
    personStatus: 'Aktiv',
    standing: 'dormant',
    eppns: [],
    enrolments: [],
    duties: [],
    tests: [],
  };
}
