import {
  settingKey,
  sourceUrn,
  toBinaryHeaders,
  type Setting,
  type SourceSetting,
} from '#canonical';
import type { OutgoingRecord } from '#kafka';
import { unitData } from '../../faults/town-settings.js';
import { CALENDAR, HUVUDMEN, SOURCES, UNITS } from '../world.js';
import { adapterOf } from './vendor-words.js';

/** When the national register said whose the units are: as the hub in memory has it. */
const OWNED_SINCE = '2020-01-01T00:00:00Z';
const SCHOOL_UNITS = 'school-units';
/** Of a year: histories are silent for months, and that silence makes knowledge stale is proven elsewhere. */
const SILENCE_HOURS = 24 * 365;

/** The world of the histories, as an administrator would have written it down. */
export const SETTINGS: readonly Setting[] = [
  ...HUVUDMEN,
  ...SOURCES.map(withAdapter),
  withAdapter({ ...SOURCES[0]!, id: SCHOOL_UNITS, huvudman: null, sourceKind: SCHOOL_UNITS }),
  CALENDAR,
];

function withAdapter(source: SourceSetting): SourceSetting {
  const adapter = adapterOf(source.sourceKind).name;
  return { ...source, adapter, contract: { ...source.contract, silenceHours: SILENCE_HOURS } };
}

export function settingRecords(): OutgoingRecord[] {
  return SETTINGS.map((setting) => ({
    topic: 'admin.settings',
    key: settingKey(setting),
    headers: {},
    value: JSON.stringify(setting),
  }));
}

/** The national register tells of every unit. */
export function unitRecords(): OutgoingRecord[] {
  return UNITS.map(({ code, huvudman }) => {
    const owner = HUVUDMEN.find(({ id }) => id === huvudman)!;
    const type = 'school-units.unit.changed';
    const envelope = { id: `unit-${code}`, source: sourceUrn(SCHOOL_UNITS), type };
    return {
      topic: `source.${SCHOOL_UNITS}`,
      key: `${SCHOOL_UNITS} ${code}`,
      headers: toBinaryHeaders(envelope),
      value: JSON.stringify(unitData(code, owner, OWNED_SINCE)),
    };
  });
}
