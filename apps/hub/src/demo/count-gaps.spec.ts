import type { AccessEntry, AccessState } from '#canonical';
import { countGaps } from './count-gaps.js';

const entry = (changes: Partial<AccessEntry>): AccessEntry => ({
  id: '3d1f2c53-0a1e-5b52-9a55-6d0c9b3e7f41',
  huvudman: 'oldhuvud',
  schoolUnit: '99000001',
  role: 'pupil',
  eppn: 'k7m2q9@skola.example',
  home: true,
  held: 'enrolment',
  since: '2027-03-08T07:00:00Z',
  requiredAssurance: 'none',
  because: { rule: '6.1 enrolment', cause: 'spec' },
  ...changes,
});
const state = (...entries: AccessEntry[]): AccessState => ({ entries, standings: [], tests: [] });

describe('counting what must never be', () => {
  it('counts every state without a usable entry after one with', () => {
    const states = [state(entry({})), state(), state(entry({ eppn: null })), state(entry({}))];
    expect(countGaps(states)).toEqual({ accessGaps: 2, doubleHomes: 0 });
  });

  it('does not count the time before the first EPPN', () => {
    const states = [state(), state(entry({ eppn: null })), state(entry({}))];
    expect(countGaps(states)).toEqual({ accessGaps: 0, doubleHomes: 0 });
  });

  it('does not take a teacher’s entry for a pupil’s', () => {
    const states = [state(entry({})), state(entry({ role: 'teacher', home: false }))];
    expect(countGaps(states).accessGaps).toBe(1);
  });

  it('counts every state with two homes', () => {
    const two = state(entry({}), entry({ schoolUnit: '99000002' }));
    expect(countGaps([two, state(entry({})), two])).toEqual({ accessGaps: 0, doubleHomes: 2 });
  });
});
