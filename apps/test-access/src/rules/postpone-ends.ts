import { type AccessEntry, addDays, type Day } from '#canonical';
import type { AccessRecord, PostponedEnd } from './access-record.js';
import { isSamePlace } from './compare-entries.js';
import type { DesiredEntry, Entitlement } from './entitlement.js';
import type { Stay } from './trace-stays.js';

/** For how many days an end may be postponed, counted from the last day on which the entry stood by itself. */
export const POSTPONED_DAYS_MAX = 30;

/** One reason why the facts of a person may not be the whole truth now (design §6, rule 7). */
export interface StaleKnowledge {
  /** Names the reason for good, so that it is noticed when it is gone: the id of a finding. */
  readonly because: string;
  /** An event about the person is parked; a source is silent; the stage itself is behind. */
  readonly about: 'person' | 'source' | 'stage';
  /** Whose knowledge is stale; absent where it is nobody's own: the stage's, or a national source's word about the person. */
  readonly huvudman?: string;
}

export interface PostponeContext {
  readonly record: AccessRecord;
  readonly today: Day;
  readonly stale: readonly StaleKnowledge[];
  readonly isProtected: boolean;
  readonly stays: readonly Stay[];
  /** What the present facts gave on an earlier day. */
  entitledOn(day: Day): Pick<Entitlement, 'entries' | 'seats'>;
}

/** What the rules want once no end is acted on that time alone has brought on stale knowledge. */
export interface Postponement extends Pick<
  Entitlement,
  'entries' | 'standings' | 'seats' | 'wakes'
> {
  readonly postponed?: readonly PostponedEnd[];
}

/**
 * No revoke by time alone on stale knowledge (design §6, rule 7): an entry that the present facts gave on the last day on which it
 * stood, and give no more today, stays usable for at most 30 days, or until the knowledge is fresh. What the facts would have ended
 * on that day too (an end, a completion or a cancellation that a source has said since) ends at once.
 */
export function postponeEnds(
  wanted: Pick<Entitlement, 'entries' | 'standings' | 'seats'>,
  context: PostponeContext,
): Postponement {
  const { stale, record } = context;
  if (stale.length === 0) return { ...wanted, wakes: [] };
  const kept = record.access.entries.flatMap((entry) => keep(entry, wanted, context) ?? []);
  if (kept.length === 0) return { ...wanted, wakes: [] };
  kept.sort(byLatest);
  const entries = [...wanted.entries];
  const standings = [...wanted.standings];
  const seats = [...wanted.seats];
  for (const { own, lastDay, then } of kept) {
    const home = own.home && !entries.some((entry) => entry.home);
    const until = addDays(lastDay, POSTPONED_DAYS_MAX);
    const about: DesiredEntry = { ...own, home, held: 'postponed', until, rule: '6.7 postponed' };
    entries.push(about);
    standings.push({ state: 'postponed', until, mustAct: 'operator', about });
    seats.push(...then.seats.filter((seat) => isSeatOf(seat, about, context.isProtected)));
  }
  return {
    entries,
    standings,
    seats,
    wakes: kept.map(({ lastDay }) => addDays(lastDay, POSTPONED_DAYS_MAX + 1)),
    postponed: kept.map(({ entry, lastDay, because }) => ({ entry: entry.id, lastDay, because })),
  };
}

interface Kept {
  readonly entry: AccessEntry;
  /** The entry as the present facts wanted it on its last day. */
  readonly own: DesiredEntry;
  readonly lastDay: Day;
  readonly because: readonly string[];
  readonly then: Pick<Entitlement, 'seats'>;
}

function keep(
  entry: AccessEntry,
  wanted: Pick<Entitlement, 'entries'>,
  context: PostponeContext,
): Kept | undefined {
  if (entry.eppn === null) return undefined;
  if (wanted.entries.some((desired) => isSamePlace(desired, entry))) return undefined;
  const { record, today } = context;
  const before = record.postponed?.find((end) => end.entry === entry.id);
  const lastDay = before?.lastDay ?? record.holdsThrough ?? addDays(today, -1);
  if (lastDay >= today || addDays(lastDay, POSTPONED_DAYS_MAX) < today) return undefined;
  const because = reasonsFor(entry, wanted, context);
  if (because.length === 0) return undefined;
  const then = context.entitledOn(lastDay);
  const own = then.entries.find((desired) => desired.eppn !== null && isSamePlace(desired, entry));
  return own && { entry, own, lastDay, because, then };
}

/**
 * A pupil's entry may hang on what any of the huvudmän says where the pupil is or will be. A duty hangs on its own huvudman alone; so
 * does every entry of a protected person, since waiting for the other side would tell of it (rule 8).
 */
function reasonsFor(
  entry: AccessEntry,
  wanted: Pick<Entitlement, 'entries'>,
  { record, stays, stale, isProtected, today }: PostponeContext,
): string[] {
  const isOwn = ({ huvudman }: StaleKnowledge) => huvudman === entry.huvudman;
  const places = [
    ...record.access.entries.filter(({ role }) => role === 'pupil'),
    ...wanted.entries.filter(({ role }) => role === 'pupil'),
    ...stays.filter(({ end }) => end >= today),
  ];
  const isInvolved = (reason: StaleKnowledge) =>
    entry.role === 'pupil' && places.some(({ huvudman }) => huvudman === reason.huvudman);
  return stale
    .filter((reason) => {
      if (reason.huvudman === undefined || isOwn(reason)) return true;
      return !isProtected && (reason.about === 'person' || isInvolved(reason));
    })
    .map(({ because }) => because);
}

/** The tests stay with the entry, but where another one is home they are there. */
function isSeatOf(seat: Stay, entry: DesiredEntry, isProtected: boolean): boolean {
  return (
    entry.role === 'pupil' &&
    seat.huvudman === entry.huvudman &&
    seat.schoolUnit === entry.schoolUnit &&
    seat.isAdult === (entry.schoolType === 'VUXGY') &&
    (entry.home || seat.isAdult || isProtected)
  );
}

/** Of two that had been home, the later one is home still. */
function byLatest(one: Kept, other: Kept): number {
  const [first, second] = [one, other].map(({ lastDay, entry }) => `${lastDay}/${entry.id}`);
  return first! > second! ? -1 : 1;
}
