import type { HubInMemory } from './hub-in-memory.js';

/** What stands in register and test access, person by person, without the hub's ids and without since-when and because-of-what. */
export function settledState(hub: HubInMemory): string {
  const persons = [...hub.register.persons.values()].map(({ id, state, claims }) => {
    const access = hub.access.stateOf(id);
    const entries = access?.entries ?? [];
    const entryOf = new Map(entries.map((entry) => [entry.id, `${entry.huvudman} ${entry.schoolUnit} ${entry.role}`])); // prettier-ignore
    return JSON.stringify([
      claims
        .filter(({ kind }) => kind === 'register')
        .map(({ source, localId, deleted }) => `${source} ${localId} ${deleted}`)
        .sort(),
      state!.securityMarking,
      state!.standing,
      state!.eppns.map(({ huvudman, value }) => `${huvudman} ${value}`).sort(),
      state!.enrolments.map(({ id: _id, ...enrolment }) => JSON.stringify(enrolment)).sort(),
      state!.tests.map(({ id: _id, ...test }) => JSON.stringify(test)).sort(),
      entries.map(({ id: _id, since: _since, because: _because, ...entry }) => JSON.stringify(entry)).sort(), // prettier-ignore
      access?.standings.map(({ since: _since, entry, ...standing }) => JSON.stringify([standing, entry && entryOf.get(entry)])).sort(), // prettier-ignore
      access?.tests.map(({ id: _id, ...test }) => JSON.stringify(test)).sort(),
    ]);
  });
  return persons.sort().join('\n');
}
