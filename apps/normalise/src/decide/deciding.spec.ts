import { DEFAULT_RETENTION, type SourceSetting } from '#canonical';
import type { SourceFact } from '../facts/source-fact.js';
import { RegisterSources } from '../facts/register-sources.js';
import { findUnit, type Deciding } from './deciding.js';
import {
  HERE,
  HUVUDMEN,
  SOURCES,
  THERE,
  account,
  person,
  story,
} from './testing/given-register.js';

const AT = { pointer: '/enrolments/0/enroledAt/id', startDate: '2026-08-17' };
const HERE_CODE = '31279295';

/** What a source of the municipality finds, whose setting names these units. */
function find(units: readonly string[] | undefined, ref: string) {
  const setting = SOURCES.find(({ id }) => id === 'sis')!;
  const source: SourceSetting = { ...setting, ...(units && { units: [...units] }) };
  const version = { modified: '2026-08-18T06:00:00.000000Z' };
  const item = { source, huvudman: 'kommunen1', version } as SourceFact;
  const deciding: Deciding = {
    register: story().register,
    registers: new RegisterSources(SOURCES),
    settings: {
      huvudmen: () => HUVUDMEN,
      huvudman: (id) => HUVUDMEN.find((one) => one.id === id),
      retention: () => DEFAULT_RETENTION,
    },
    today: '2026-12-01',
    arrivals: new Set(),
  };
  return findUnit(item, ref, AT, deciding);
}

describe('a source', () => {
  it('puts the source that spoke last first, also when it only repeats itself', () => {
    const { tell, persons } = story();
    const eppns = () => persons()[0]!.eppns.map(({ value }) => value);
    tell('sis', person('elev-1', '2026-10-01', { eppns: ['register@kommunen1.example'] }));
    tell('plattform', account('2026-11-01', 'konto@kommunen1.example'));
    expect(eppns()).toEqual(['konto@kommunen1.example', 'register@kommunen1.example']);
    const again = person('elev-1', '2026-11-02', { eppns: ['register@kommunen1.example'] });
    expect(tell('sis', again)).toBe('person.updated');
    expect(eppns()).toEqual(['register@kommunen1.example', 'konto@kommunen1.example']);
    expect(tell('sis', { ...again, modified: '2026-11-03T08:00:00.000000Z' })).toBe('filtered:unchanged'); // prettier-ignore
  });

  it('whose setting names no units may speak of all of its huvudman’s', () => {
    expect(find(undefined, HERE)).toEqual({ ok: true, value: HERE_CODE });
  });

  it('may speak of the units that its setting names', () => {
    expect(find(['44440000', HERE_CODE], HERE)).toEqual({ ok: true, value: HERE_CODE });
  });

  it('may not speak of another unit of its huvudman, and is told what to mend', () => {
    expect(find(['44440000'], HERE)).toMatchObject({
      ok: false,
      reason: {
        code: 'unit-not-yours',
        causeGroup: `source/sis unit/${HERE_CODE}`,
        issues: [{ pointer: AT.pointer, says: expect.stringContaining('`units` in the setting') }],
      },
    });
  });

  it('may not speak of a unit of another huvudman, though its setting names it', () => {
    expect(find(['12345674'], THERE)).toMatchObject({
      ok: false,
      reason: { code: 'unit-not-yours', causeGroup: 'unit/12345674' },
    });
  });
});
