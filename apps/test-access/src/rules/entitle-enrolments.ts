import { NEVER, addDays, laterDay, type Day } from '#canonical';
import { bridgeEnd, isCompleted, lastDayOf } from './bridge-leave.js';
import { chooseHome } from './choose-home.js';
import { entitleSeparately } from './entitle-separately.js';
import {
  pupilEntry,
  type DesiredEntry,
  type DesiredStanding,
  type Entitlement,
} from './entitlement.js';
import { openEarly } from './open-early.js';
import type { PupilFacts } from './pupil-facts.js';
import { byEndFirst, type Stay } from './trace-stays.js';

/** For how long a pupil whose bridge is over without a join stays somebody's concern. */
export const OVERDUE_DAYS = 30;

/**
 * Which enrolments give a pupil access today, and what stands in where they do not (design §6, rules 1 to 3 and 8). It follows
 * from the facts and the day alone, but for one thing: where an enrolment that gave access is cancelled or withdrawn while the
 * pupil is entitled elsewhere and not yet usable there, the entry that they have is held, since a gap is worse.
 */
export function entitleEnrolments(facts: PupilFacts): Entitlement {
  if (facts.stays.length === 0) return NOTHING;
  if (facts.isProtected) return entitleSeparately(facts);
  const home = entitleHome(facts);
  const adult = entitleAdult(facts);
  const held = holdLastEntry(facts, {
    entries: [...home.entries, ...adult.entries],
    standings: [...home.standings, ...adult.standings],
    seats: [...home.seats, ...adult.seats],
    overdue: home.overdue,
    wakes: [...home.wakes, ...adult.wakes],
  });
  return openEarly(facts, held);
}

const NOTHING: Entitlement = { entries: [], standings: [], seats: [], wakes: [] };

/** Rules 1 to 3 for GR, SP, SAM and GY: one home, and nothing ends before its successor is usable. */
function entitleHome(facts: PupilFacts): Entitlement {
  const { today } = facts.rules;
  const stays = facts.stays.filter(({ isAdult }) => !isAdult);
  const wakes = stays.flatMap((stay) => wakesOf(stay, facts));
  const active = stays.filter(({ start, end }) => start <= today && end >= today);
  if (active.length === 0) return join(entitleAfterLeave(stays, facts), wakes);
  const usable = active.filter((stay) => facts.eppnOf(stay) !== null);
  if (usable.length === 0) return join(entitleUnusable(active, stays, facts), wakes);
  return join(entitleUsable(usable, active, facts), wakes);
}

function entitleUsable(usable: Stay[], active: Stay[], facts: PupilFacts): Entitlement {
  const choice = chooseHome(usable, facts);
  const entries = [
    pupilEntry(choice.home, {
      eppn: facts.eppnOf(choice.home),
      home: true,
      held: 'enrolment',
      rule: '6.1 enrolment',
    }),
  ];
  const standings: DesiredStanding[] = [];
  for (const { stay, until } of choice.contested) {
    const eppn = facts.eppnOf(stay);
    const entry = pupilEntry(stay, {
      eppn,
      home: false,
      held: 'contested',
      until,
      rule: '6.1 overlap',
    });
    entries.push(entry);
    standings.push({ state: 'contested', until, mustAct: 'huvudman', about: entry });
  }
  const wakes = [...choice.wakes];
  for (const stay of active) {
    if (facts.eppnOf(stay) !== null) continue;
    const isJoin = stay.start >= choice.home.start;
    const forgetAfter = addDays(
      choice.home.start,
      facts.rules.policyOf(stay.huvudman).contestedDays,
    );
    if (!isJoin && forgetAfter < facts.rules.today) continue;
    if (!isJoin) wakes.push(addDays(forgetAfter, 1));
    const entry = awaitingEntry(stay, false);
    entries.push(entry);
    standings.push({
      state: 'awaiting',
      mustAct: isJoin ? 'joining-huvudman' : 'huvudman',
      about: entry,
    });
  }
  return { entries, standings, seats: [choice.home], wakes };
}

/** Enrolled, but no EPPN there yet: the old entry is held until one comes (rule 2, make before break). */
function entitleUnusable(active: Stay[], stays: Stay[], facts: PupilFacts): Entitlement {
  const { home, wakes } = chooseHome(active, facts);
  const old = lastUsable(stays, facts);
  const awaited = active.map((stay) => awaitingEntry(stay, old === undefined && stay === home));
  if (old === undefined) {
    return {
      entries: awaited,
      standings: awaited.map((about) => ({ state: 'awaiting', mustAct: 'huvudman', about })),
      seats: [home],
      wakes,
    };
  }
  const held = heldEntry(old, facts.eppnOf(old)!, { isHome: true, facts });
  return {
    entries: [held, ...awaited],
    standings: [keptStanding(held), ...awaited.map(joinStanding)],
    seats: [{ ...home, huvudman: old.huvudman, schoolUnit: old.schoolUnit }],
    wakes,
  };
}

/** Rule 3: left, not completed, not yet joined. */
function entitleAfterLeave(stays: Stay[], facts: PupilFacts): Entitlement {
  const { rules } = facts;
  const left = stays.filter(({ end }) => end < rules.today).sort(byEndFirst)[0];
  if (left === undefined || isCompleted(left, rules)) return NOTHING;
  const until = bridgeEnd(left, facts);
  const wakes = [addDays(until, 1), addDays(until, OVERDUE_DAYS + 1)];
  const isBridged = rules.policyOf(left.huvudman).bridging;
  if (until < rules.today) {
    const { huvudman, schoolUnit } = left;
    const overdue = { huvudman, schoolUnit, until: addDays(until, OVERDUE_DAYS) };
    return { ...NOTHING, wakes, overdue: isBridged ? overdue : undefined };
  }
  if (!isBridged) {
    const about = { huvudman: left.huvudman, schoolUnit: left.schoolUnit };
    const gap: DesiredStanding = { state: 'gap', until, mustAct: 'leaving-huvudman', about };
    return { ...NOTHING, standings: [gap], wakes };
  }
  const place = facts.eppnOf(left) === null ? (lastUsable(stays, facts) ?? left) : left;
  const entry = pupilEntry(place, {
    eppn: facts.eppnOf(place),
    home: true,
    held: 'bridged',
    until,
    rule: '6.3 bridge',
  });
  return {
    entries: [entry],
    standings: [{ state: 'bridged', until, mustAct: 'nobody', about: entry }],
    seats: [{ ...left, huvudman: place.huvudman, schoolUnit: place.schoolUnit }],
    wakes,
  };
}

/** VUXGY: one entry per unit, beside a home if there is one (rule 1). Every end completes it (rule 3). */
function entitleAdult(facts: PupilFacts): Entitlement {
  const { today } = facts.rules;
  const stays = facts.stays.filter(({ isAdult }) => isAdult);
  const active = stays.filter(({ start, end }) => start <= today && end >= today);
  const entries = active.map((stay) =>
    pupilEntry(stay, {
      eppn: facts.eppnOf(stay),
      home: false,
      held: 'enrolment',
      until: stay.end === NEVER ? undefined : stay.end,
      rule: '6.1 enrolment',
    }),
  );
  return {
    entries,
    standings: entries
      .filter(({ eppn }) => eppn === null)
      .map((about) => ({ state: 'awaiting', mustAct: 'huvudman', about })),
    seats: active.sort(byEndFirst),
    wakes: stays.flatMap(({ start, end }) => [start, addDays(end, 1)]),
  };
}

/**
 * The last line against a gap: entitled somewhere, usable nowhere. The place that the pupil comes from by an unbroken chain of
 * stays is held, else the entry that they have had until now.
 */
function holdLastEntry(facts: PupilFacts, wanted: Entitlement): Entitlement {
  if (wanted.entries.length === 0 || wanted.entries.some(({ eppn }) => eppn !== null)) {
    return wanted;
  }
  const old = lastUsable(facts.stays, facts);
  const eppn = old === undefined ? facts.present?.eppn : facts.eppnOf(old);
  const place = old ?? facts.present;
  if (place === undefined || eppn === undefined || eppn === null) return wanted;
  const bridged = wanted.entries.find(({ held }) => held === 'bridged');
  const isHome = wanted.entries.some(({ home }) => home);
  const schoolType = place.schoolType ?? wanted.entries[0]!.schoolType!;
  const held = pupilEntry(
    { huvudman: place.huvudman, schoolUnit: place.schoolUnit, schoolType },
    bridged
      ? { eppn, home: isHome, held: 'bridged', until: bridged.until, rule: '6.3 bridge' }
      : { eppn, home: isHome, held: 'make-before-break', rule: '6.2 make before break' },
  );
  const others = wanted.entries
    .filter((entry) => entry !== bridged)
    .map((entry) => ({ ...entry, home: false }));
  return {
    ...wanted,
    entries: [held, ...others],
    standings: [keptStanding(held), ...others.map(joinStanding)],
    seats: wanted.seats.map((seat) =>
      seat.isAdult ? seat : { ...seat, huvudman: held.huvudman, schoolUnit: held.schoolUnit },
    ),
  };
}

/**
 * The usable stay that ended last, of those from which an unbroken chain of stays and bridges leads to today. What lies before a
 * day without entitlement is over for good.
 */
function lastUsable(stays: readonly Stay[], facts: PupilFacts): Stay | undefined {
  const { rules } = facts;
  let chain: Stay[] = [];
  let covered: Day = '';
  for (const stay of stays) {
    if (stay.start > rules.today) break;
    if (chain.length > 0 && stay.start > addDays(covered, 1)) chain = [];
    covered = chain.length === 0 ? '' : covered;
    chain.push(stay);
    covered = laterDay(covered, lastDayOf(stay, facts));
  }
  if (covered < rules.today) return undefined;
  return chain
    .filter((stay) => stay.end < rules.today && facts.eppnOf(stay) !== null)
    .sort(byEndFirst)[0];
}

/** What the old huvudman sees is a bridge like any other: that a join is under way elsewhere is not its to know (design §8). */
function heldEntry(
  place: Stay,
  eppn: string,
  { isHome, facts }: { isHome: boolean; facts: PupilFacts },
): DesiredEntry {
  const bridgedUntil = lastDayOf(place, facts);
  return pupilEntry(place, {
    eppn,
    home: isHome,
    held: 'make-before-break',
    until: bridgedUntil < facts.rules.today ? undefined : bridgedUntil,
    rule: '6.2 make before break',
  });
}

function keptStanding(about: DesiredEntry): DesiredStanding {
  return { state: 'bridged', until: about.until, mustAct: 'nobody', about };
}

function joinStanding(about: DesiredEntry): DesiredStanding {
  return { state: 'awaiting', mustAct: 'joining-huvudman', about };
}

function awaitingEntry(stay: Stay, home: boolean): DesiredEntry {
  return pupilEntry(stay, { eppn: null, home, held: 'enrolment', rule: '6.1 enrolment' });
}

function wakesOf(stay: Stay, facts: PupilFacts): Day[] {
  return [stay.start, addDays(stay.end, 1), addDays(lastDayOf(stay, facts), 1)];
}

function join(wanted: Entitlement, wakes: readonly Day[]): Entitlement {
  return { ...wanted, wakes: [...wanted.wakes, ...wakes] };
}
