import type {
  AccessChange,
  AccessEntry,
  AccessEvent,
  AccessStanding,
  AccessState,
} from '#canonical';
import type { DesiredEntry, DesiredStanding, Entitlement } from './entitlement.js';

/** One thing to tell: the type of the event and what it is about. */
export interface AccessDecision {
  readonly type: AccessEvent['type'];
  readonly change: AccessChange;
}

export interface ComparisonContext {
  readonly person: string;
  readonly isProtected: boolean;
  /** RFC 3339. */
  readonly now: string;
  /** The source event behind this decision, or the day that came. */
  readonly cause: string;
  newId(name: string): string;
}

/**
 * Make before break (design §6, rule 2): the difference between the entries that stand and those that the rules want, told in an
 * order in which no reader is ever without one. First what becomes usable, then the states that begin and end, last what ends. An
 * entry that ends because another became usable is one event, `access moved`, with both halves; for a protected person it is
 * always two (rule 8).
 */
export function compareEntries(
  present: AccessState,
  wanted: Pick<Entitlement, 'entries' | 'standings'>,
  context: ComparisonContext,
): { entries: AccessEntry[]; standings: AccessStanding[]; decisions: AccessDecision[] } {
  const matched = matchEntries(present.entries, wanted.entries, context);
  const entries = [...matched.values()];
  const standings = wanted.standings.map((desired) =>
    carryStanding(present.standings, desired, matched, context.now),
  );
  const decisions = [
    ...compareUsable(present.entries, entries, context.isProtected),
    ...beginStandings(present.standings, standings, entries),
    ...settleStandings(present.standings, standings, entries),
  ];
  const moved = decisions.flatMap(({ change }) => (change.from ? [change.from.id] : []));
  for (const entry of present.entries) {
    if (entry.eppn === null || moved.includes(entry.id)) continue;
    if (entries.some(({ id, eppn }) => id === entry.id && eppn !== null)) continue;
    decisions.push({ type: 'se.elevnav.access.revoked', change: { entry } });
  }
  return { entries, standings, decisions };
}

function compareUsable(
  present: readonly AccessEntry[],
  entries: readonly AccessEntry[],
  isProtected: boolean,
): AccessDecision[] {
  const before = new Map(present.map((entry) => [entry.id, entry]));
  const gained = entries.filter(
    (entry) => entry.eppn !== null && (before.get(entry.id)?.eppn ?? null) === null,
  );
  const move = isProtected ? undefined : findMove(present, entries, gained);
  const decisions: AccessDecision[] = [];
  if (move) decisions.push({ type: 'se.elevnav.access.moved', change: move });
  for (const entry of entries) {
    if (entry.eppn === null || entry === move?.entry) continue;
    const old = before.get(entry.id);
    if (old && !isToldAgain(old, entry)) continue;
    const isCarriedOver = old !== undefined && old.huvudman !== entry.huvudman;
    const change = isCarriedOver && old.eppn !== null ? { entry, from: old } : { entry };
    decisions.push({ type: 'se.elevnav.access.granted', change });
  }
  return decisions;
}

/** A pupil's home, or the entry held for them, that ends in the decision that makes another usable. */
function findMove(
  present: readonly AccessEntry[],
  entries: readonly AccessEntry[],
  gained: readonly AccessEntry[],
): { entry: AccessEntry; from: AccessEntry } | undefined {
  const lost = present.filter(
    ({ id, role, eppn }) =>
      role === 'pupil' && eppn !== null && !entries.some((entry) => entry.id === id),
  );
  const from =
    lost.find(({ home }) => home) ?? lost.find(({ held }) => held === 'make-before-break');
  if (from === undefined) return undefined;
  const pupils = gained.filter(({ role }) => role === 'pupil');
  const entry =
    pupils.find(({ home }) => home) ?? (from.held === 'make-before-break' ? pupils[0] : undefined);
  return entry && { entry, from };
}

/** A change of what the holder logs in with, or for what, is told; one of mere bookkeeping is not. */
function isToldAgain(old: AccessEntry, entry: AccessEntry): boolean {
  return (
    old.huvudman !== entry.huvudman ||
    old.eppn !== entry.eppn ||
    old.schoolType !== entry.schoolType ||
    old.requiredAssurance !== entry.requiredAssurance
  );
}

function beginStandings(
  present: readonly AccessStanding[],
  standings: readonly AccessStanding[],
  entries: readonly AccessEntry[],
): AccessDecision[] {
  const decisions: AccessDecision[] = [];
  for (const standing of standings) {
    const before = present.find((other) => isSameStanding(other, standing));
    if (before && before.until === standing.until && before.mustAct === standing.mustAct) continue;
    const entry = entries.find(({ id }) => id === standing.entry);
    const change = entry ? { standing, entry } : { standing };
    decisions.push({ type: `se.elevnav.access.${standing.state}`, change });
  }
  return decisions;
}

function settleStandings(
  present: readonly AccessStanding[],
  standings: readonly AccessStanding[],
  entries: readonly AccessEntry[],
): AccessDecision[] {
  const decisions: AccessDecision[] = [];
  for (const standing of present) {
    if (standings.some((other) => isSameStanding(other, standing))) continue;
    const entry = entries.find(({ id }) => id === standing.entry);
    const change = entry ? { standing, entry } : { standing };
    decisions.push({ type: 'se.elevnav.access.settled', change });
  }
  return decisions;
}

export function isSameStanding(one: AccessStanding, other: AccessStanding): boolean {
  return (
    one.state === other.state &&
    one.huvudman === other.huvudman &&
    one.schoolUnit === other.schoolUnit &&
    one.entry === other.entry
  );
}

/**
 * One entry per role and unit, and in VUXGY one beside it, however often it ends and begins again. When the unit has gone to another
 * owner, the entry goes over to it and keeps its id; that of a protected person ends, and another begins, since the id would tell
 * one huvudman of the other (rule 8).
 */
function matchEntries(
  present: readonly AccessEntry[],
  wanted: readonly DesiredEntry[],
  context: ComparisonContext,
): Map<DesiredEntry, AccessEntry> {
  const before = new Map<DesiredEntry, AccessEntry>();
  const taken = new Set<AccessEntry>();
  const take = (desired: DesiredEntry, isWhoeverHad: boolean): void => {
    if (before.has(desired)) return;
    const entry = present.find(
      (one) =>
        isSamePlace(one, desired) &&
        (isWhoeverHad || one.huvudman === desired.huvudman) &&
        !taken.has(one),
    );
    if (entry === undefined) return;
    before.set(desired, entry);
    taken.add(entry);
  };
  for (const desired of wanted) take(desired, false);
  if (!context.isProtected) for (const desired of wanted) take(desired, true);
  const names = { ...context, newId: freeIds(present, context) };
  return new Map(
    wanted.map((desired) => [desired, carryEntry(before.get(desired), desired, names)]),
  );
}

/** An entry that went over to another owner keeps the id that is named after the former one, who may get the unit back. */
function freeIds(
  present: readonly AccessEntry[],
  { newId }: ComparisonContext,
): (name: string) => string {
  return (name) => {
    const id = newId(name);
    return present.some((entry) => entry.id === id) ? newId(`${name}|again`) : id;
  };
}

type Place = Pick<AccessEntry, 'role' | 'schoolUnit' | 'schoolType'>;

/** Whoever owns the unit: a stay there is one, before and after it goes to another. */
export function isSamePlace(entry: Place, wanted: Place): boolean {
  return (
    entry.role === wanted.role &&
    entry.schoolUnit === wanted.schoolUnit &&
    (entry.schoolType === 'VUXGY') === (wanted.schoolType === 'VUXGY')
  );
}

function carryEntry(
  before: AccessEntry | undefined,
  { rule, ...desired }: DesiredEntry,
  { person, now, cause, newId }: ComparisonContext,
): AccessEntry {
  const kind = desired.schoolType === 'VUXGY' ? '|VUXGY' : '';
  const place = `${desired.role}|${desired.huvudman}|${desired.schoolUnit}${kind}`;
  const isSame =
    before !== undefined &&
    before.huvudman === desired.huvudman &&
    before.held === desired.held &&
    (before.eppn === null) === (desired.eppn === null);
  return {
    id: before?.id ?? newId(`${person}|${place}`),
    ...desired,
    since: isSame ? before.since : now,
    because: isSame ? before.because : { rule, cause: cause.slice(0, CAUSE_LENGTH_MAX) },
  };
}

/** As the schema of `because.cause` has it. */
const CAUSE_LENGTH_MAX = 250;

function carryStanding(
  present: readonly AccessStanding[],
  { about, ...desired }: DesiredStanding,
  matched: ReadonlyMap<DesiredEntry, AccessEntry>,
  now: string,
): AccessStanding {
  const entry = 'role' in about ? matched.get(about)?.id : undefined;
  const { huvudman, schoolUnit } = about;
  const standing: AccessStanding = { ...desired, huvudman, schoolUnit, entry, since: now };
  const before = present.find((other) => isSameStanding(other, standing));
  return before ? { ...standing, since: before.since } : standing;
}
