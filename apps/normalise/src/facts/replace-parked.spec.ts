import type { Fact } from '#adapters';
import { leavesParkedFact } from './replace-parked.js';

const account = (modified: string): Fact => ({
  kind: 'account-asserted',
  localId: 'konto-1',
  modified,
  person: 'elev-1',
  eppn: 'a1@skola.example',
  state: 'active',
});
const test = (state: 'begun' | 'submitted'): Fact => ({
  kind: 'test-reported',
  localId: 'prov-1',
  modified: '2026-11-03T08:00:00.000000Z',
  assignment: '8d3b0f5e-0000-4000-8000-000000000001',
  eppn: 'a1@skola.example',
  activity: '25fe03a1-0000-5000-8000-000000000001',
  state,
  at: '2026-11-03T08:00:00.000000Z',
});

describe('a fact that comes late, while a newer one of the same object is parked', () => {
  it('is the older one by its source’s own time', () => {
    const [first, second] = ['2026-11-01T08:00:00.000000Z', '2026-11-02T08:00:00.000000Z'].map(account); // prettier-ignore
    expect(leavesParkedFact(first!, second!)).toBe(true);
    expect(leavesParkedFact(second!, first!)).toBe(false);
    expect(leavesParkedFact(first!, first!)).toBe(false);
  });

  it('is, of a test, the one with the lesser state: what was submitted is not begun again', () => {
    expect(leavesParkedFact(test('begun'), test('submitted'))).toBe(true);
    expect(leavesParkedFact(test('submitted'), test('begun'))).toBe(false);
  });

  it('takes, of a test, no place of one that was told under another EPPN', () => {
    const other = { ...test('begun'), eppn: 'b1@skola.example' } as Fact;
    expect(leavesParkedFact(test('submitted'), other)).toBe(true);
    expect(leavesParkedFact(other, test('submitted'))).toBe(true);
  });
});
