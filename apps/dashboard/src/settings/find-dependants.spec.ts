import type { Setting, SourceSetting } from '#canonical';
import { findDependants } from './find-dependants.js';

const source = (id: string, huvudman: string | null): SourceSetting => ({
  kind: 'source',
  id,
  huvudman,
  sourceKind: 'elevregister',
  adapter: 'ss12000',
  clients: [],
  contract: { marking: 'field', completeness: 'full', silenceHours: 24 },
});
const ALL: readonly Setting[] = [
  source('malmo00001', 'malmo00001'),
  source('absence-malmo', 'malmo00001'),
  source('register-are', 'are0000001'),
  source('units', null),
  { kind: 'calendar', id: 'malmo00001', terms: [], tests: [] },
];

describe('what hangs on a setting', () => {
  it.each([
    ['of a huvudman are its sources', 'huvudman/malmo00001', ['malmo00001', 'absence-malmo']],
    ['of a huvudman without sources is nothing', 'huvudman/kunskap001', []],
    ['of a source is nothing, though it be called as its huvudman is', 'source/malmo00001', []],
    ['of a calendar is nothing', 'calendar/malmo00001', []],
  ])('%s', (_, key, ids) => {
    expect(findDependants(key, ALL).map(({ id }) => id)).toEqual(ids);
  });
});
