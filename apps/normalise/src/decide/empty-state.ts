import type { PersonState } from '#canonical';

/** What is kept of a person of whom nothing is known any more: of one who turned out to be another, and of one who was erased. */
export function emptyState(id: string, standing: PersonState['standing']): PersonState {
  return {
    id,
    securityMarking: 'Ingen',
    personStatus: 'Aktiv',
    standing,
    eppns: [],
    enrolments: [],
    duties: [],
    tests: [],
  };
}
