import fc from 'fast-check';
import type { Enrolment, PersonStatus, SecurityMarking } from '#canonical';
import { NOTHING_HAPPENED } from '../succession/carry-over.js';
import type { Claim } from './claim-content.js';
import { mergeClaims } from './merge-claims.js';

const enrolment = (id: string, startDate: string): Enrolment => ({
  id,
  source: 'sis',
  huvudman: 'kommunen1',
  schoolUnit: '31279295',
  schoolType: 'GR',
  startDate,
  cancelled: false,
});
const claim = (
  source: string,
  more: Partial<Claim> & { eppns?: string[]; marking?: SecurityMarking } = {},
): Claim => ({
  source,
  huvudman: 'kommunen1',
  localId: 'elev-1',
  kind: 'register',
  modified: '2026-08-18T12:00:00.000000Z',
  deleted: false,
  content: {
    eppns: more.eppns ?? [],
    enrolments: [enrolment(`${source}-1`, '2026-08-17')],
    securityMarking: more.marking ?? 'Ingen',
    personStatus: 'Aktiv',
  },
  ...more,
});
const merge = (...claims: Claim[]) =>
  mergeClaims('person-1', claims, { duties: [], tests: [] }, NOTHING_HAPPENED);

describe('the merged view of a person', () => {
  it('has the strictest marking, whoever set it', () => {
    expect(merge(claim('a', { marking: 'Sekretessmarkering' }), claim('b')).securityMarking).toBe(
      'Sekretessmarkering',
    );
  });

  it('keeps the marking of a source that dropped the person: only that source could have lifted it', () => {
    const dropped = claim('a', { marking: 'Sekretessmarkering', deleted: true });
    expect(merge(dropped, claim('b')).securityMarking).toBe('Sekretessmarkering');
  });

  it('names the newest EPPN of a huvudman first, and each once', () => {
    const newer = claim('platform', {
      kind: 'account',
      eppns: ['new@skola.example'],
      modified: '2026-08-19T00:00:00.000000Z',
    });
    const older = claim('sis', { eppns: ['old@skola.example', 'new@skola.example'] });
    expect(merge(older, newer).eppns.map(({ value }) => value)).toEqual([
      'new@skola.example',
      'old@skola.example',
    ]);
  });

  it('is dormant when no register says that the person is there', () => {
    expect(
      merge(claim('sis', { deleted: true }), claim('platform', { kind: 'account' })).standing,
    ).toBe('dormant');
    expect(merge(claim('sis', { deleted: true }), claim('other')).standing).toBe('present');
  });

  it('holds a death while a register that still has the person says otherwise, whichever spoke last', () => {
    const [later, earlier] = ['2026-08-20T00:00:00.000000Z', '2026-08-10T00:00:00.000000Z'];
    const says = (source: string, personStatus: PersonStatus, more: Partial<Claim> = {}) => {
      const said = claim(source);
      return { ...said, content: { ...said.content, personStatus }, ...more };
    };
    const statusOf = (...claims: Claim[]) => merge(...claims).personStatus;
    for (const modified of [later, earlier]) {
      expect(statusOf(says('a', 'Avliden', { modified }), claim('b'))).toBe('Aktiv');
    }
    expect(statusOf(says('a', 'Avliden'))).toBe('Avliden');
    expect(statusOf(says('a', 'Avliden'), claim('b', { deleted: true }))).toBe('Avliden');
    expect(statusOf(says('a', 'Avliden', { deleted: true }), claim('b'))).toBe('Aktiv');
    expect(statusOf(says('a', 'Avliden', { deleted: true }))).toBe('Avliden');
    // Both end what there was; the newest says how.
    expect(statusOf(says('a', 'Avliden', { modified: later }), says('b', 'Utvandrad'))).toBe(
      'Avliden',
    );
  });

  it('does not depend on the order in which the claims came', () => {
    const claims = [
      claim('a', { eppns: ['x@skola.example'] }),
      claim('b', {
        huvudman: 'friskola1',
        eppns: ['y@fri.example'],
        modified: '2026-09-01T00:00:00.000000Z',
      }),
      claim('c', { kind: 'account', eppns: ['z@skola.example'] }),
      claim('d', { deleted: true, marking: 'Sekretessmarkering' }),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(claims, { minLength: 4 }), (shuffled) => {
        expect(merge(...shuffled)).toEqual(merge(...claims));
      }),
    );
  });
});
