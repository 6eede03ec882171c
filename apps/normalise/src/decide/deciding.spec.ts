import { DEFAULT_RETENTION, type SourceSetting } from '#canonical';
import type { SourceFact } from '../facts/source-fact.js';
import { RegisterSources } from '../facts/register-sources.js';
import { findUnit, type Deciding } from './deciding.js';
import { HERE, HUVUDMEN, SOURCES, THERE, story } from './testing/given-register.js';

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
