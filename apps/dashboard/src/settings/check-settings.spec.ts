import type { Setting } from '#canonical';
import { checkSettings } from './check-settings.js';

const MALMO = {
  kind: 'huvudman',
  id: 'malmo00001',
  displayName: 'Malmö stad',
  organisationNumber: '2120001124',
  owner: 'municipal',
  subscriberClients: ['malmo-reader'],
};
const at = (index: number) => `/${index}`;

describe('a setting', () => {
  it('that keeps its shape is taken as it is', () => {
    expect(checkSettings([MALMO], at)).toEqual({ ok: true, settings: [MALMO] });
  });

  it('that does not is refused whole, each fault with its place and without its value', () => {
    const result = checkSettings(
      [MALMO, { ...MALMO, owner: 'secret-value', organisationNumber: '1' }],
      at,
    );
    expect(result).toMatchObject({ ok: false });
    if (result.ok) return;
    expect(result.faults.map(({ pointer }) => pointer).sort()).toEqual([
      '/1/organisationNumber',
      '/1/owner',
    ]);
    expect(JSON.stringify(result)).not.toContain('secret-value');
  });

  it('of a huvudman names who may read, and never everybody', () => {
    const result = checkSettings([{ ...MALMO, subscriberClients: ['malmo-reader', '*'] }], at);
    expect(result).toMatchObject({ ok: false, faults: [{ pointer: '/0/subscriberClients/1' }] });
  });

  it('of a huvudman has an organisation number with the right check digit, or an invented one', () => {
    const faults = (more: object): string[] => {
      const checked = checkSettings([{ ...MALMO, ...more }], at);
      return checked.ok ? [] : checked.faults.map(({ pointer }) => pointer);
    };
    const wrong = '2120001125';
    expect(faults({ organisationNumber: wrong })).toEqual(['/0/organisationNumber']);
    expect(faults({ organisationNumber: wrong, invented: true })).toEqual([]);
    expect(faults({ invented: true })).toEqual(['/0/organisationNumber']);
    expect(faults({ invented: false })).toEqual(['/0/invented']);
  });

  it('of a huvudman has an organisation number that no other huvudman has, in force or beside it', () => {
    const lund = { ...MALMO, id: 'lund000001', displayName: 'Lund' };
    const faults = (bodies: object[], inForce: readonly object[] = []): string[] => {
      const checked = checkSettings(bodies, at, inForce as Setting[]);
      return checked.ok ? [] : checked.faults.map((fault) => `${fault.pointer} ${fault.detail}`);
    };
    const refused = (index: number, other: string) =>
      `/${index}/organisationNumber Expected an organisation number that no other huvudman has: correct it here, or first in the setting of ${other}, which has it too`;
    expect(faults([lund], [MALMO])).toEqual([refused(0, MALMO.id)]);
    expect(faults([MALMO, lund])).toEqual([refused(1, MALMO.id)]);
    expect(faults([lund, MALMO])).toEqual([refused(1, lund.id)]);
    expect(faults([{ ...MALMO, displayName: 'Malmö' }], [MALMO])).toEqual([]);
    // What is in force, and is written anew beside it, counts as it is written.
    const other = { organisationNumber: '2120001132' };
    expect(faults([lund, { ...MALMO, ...other }], [MALMO])).toEqual([]);
    expect(faults([{ ...MALMO, ...other }, lund], [MALMO, { ...lund, ...other }])).toEqual([]);
    // Two that have had one number from before do not keep others from being written, nor one of them from being put right.
    expect(faults([{ ...lund, ...other }], [MALMO, lund])).toEqual([]);
    expect(faults([{ ...MALMO, ...other, id: 'eslov00001' }], [MALMO, lund])).toEqual([]);
  });

  it('of how long somebody is kept is never shorter than half a year, and erases only in a mode that is known', () => {
    const faults = (...bodies: object[]): string[] => {
      const checked = checkSettings(bodies, at);
      return checked.ok ? [] : checked.faults.map(({ pointer }) => pointer);
    };
    const hub = { kind: 'retention', id: 'register', mode: 'dry-run' };
    expect(faults(hub, { ...hub, mode: 'erase', dormantDays: 365, startsAtHour: 23 })).toEqual([]);
    expect(faults({ ...hub, dormantDays: 179 })).toEqual(['/0/dormantDays']);
    expect(faults({ ...hub, mode: 'on' })).toEqual(['/0/mode']);
    expect(faults({ ...hub, id: 'another' })).toEqual(['/0/id']);
    expect(faults({ ...MALMO, retention: { dormantDays: 400 } })).toEqual([]);
    expect(faults({ ...MALMO, retention: { dormantDays: 30 } })).toEqual([
      '/0/retention/dormantDays',
    ]);
  });

  it('of no known kind is told which kinds there are', () => {
    for (const body of [null, 7, 'x', [], { kind: '__proto__' }, { kind: 'toString' }]) {
      expect(checkSettings([body], at)).toEqual({
        ok: false,
        faults: [
          { pointer: '/0/kind', detail: 'Expected one of huvudman, source, calendar, retention' },
        ],
      });
    }
  });

  it('is one of many: no more than twenty faults are named', () => {
    const result = checkSettings(
      Array.from({ length: 500 }, () => ({ kind: 'source' })),
      at,
    );
    expect(result.ok ? 0 : result.faults.length).toBe(20);
  });
});
