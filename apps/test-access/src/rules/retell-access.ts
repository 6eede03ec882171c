import type { AccessEntry, AccessStanding, AccessState } from '#canonical';
import type { AccessDecision } from './compare-entries.js';
import { stateEvent } from './compare-tests.js';

/**
 * What tells each huvudman concerned once more of a person's access as it stands (decision 17). The change of an event says whom it is for,
 * so that all of it is one huvudman's; the state that goes with it is shown to each huvudman as far as it is its own. So one event is
 * enough for one huvudman, but of a protected person: then ids are all that a huvudman is told, and each thing is told by itself, as
 * it was the first time.
 */
export function retellAccess(access: AccessState, isProtected: boolean): AccessDecision[] {
  const { entries, standings, tests } = access;
  const huvudmen = new Set([...entries, ...standings, ...tests].map(({ huvudman }) => huvudman));
  return [...huvudmen].flatMap((huvudman) => {
    const things = thingsOf(access, huvudman);
    return isProtected ? things : things.slice(0, 1);
  });
}

/** Each thing that a huvudman has, as what it is now: first what can be used, the home before others. */
function thingsOf(access: AccessState, huvudman: string): AccessDecision[] {
  const isOwn = (thing: { readonly huvudman: string }): boolean => thing.huvudman === huvudman;
  const entries = access.entries.filter(isOwn);
  const standings = access.standings.filter(isOwn);
  const usable = entries.filter(({ eppn }) => eppn !== null);
  const homeFirst = [...usable.filter(({ home }) => home), ...usable.filter(({ home }) => !home)];
  const named = new Set(standings.map(({ entry }) => entry));
  const unusable = entries.filter(({ id, eppn }) => eppn === null && !named.has(id));
  return [
    ...homeFirst.map(
      (entry) => ({ type: 'se.elevnav.access.granted', change: { entry } }) as const,
    ),
    ...standings.map((standing) => standingAgain(standing, entries)),
    ...unusable.map(
      (entry) => ({ type: 'se.elevnav.access.awaiting', change: { entry } }) as const,
    ),
    ...access.tests.filter(isOwn).map((test) => ({ type: stateEvent(test), change: { test } })),
  ];
}

/** With its entry where that is the huvudman's own: the event would be for the entry's huvudman otherwise. */
function standingAgain(standing: AccessStanding, own: readonly AccessEntry[]): AccessDecision {
  const entry = own.find(({ id }) => id === standing.entry);
  const change = entry ? { standing, entry } : { standing };
  return { type: `se.elevnav.access.${standing.state}`, change };
}
