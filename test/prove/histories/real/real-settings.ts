import {
  settingKey,
  sourceUrn,
  toBinaryHeaders,
  type Setting,
  type SourceSetting,
} from '#canonical';
import type { OutgoingRecord } from '#kafka';
import { unitData } from '../../faults/town-settings.js';
import { CALENDAR, HUVUDMEN, OWNED_SINCE, SOURCES, TRAVELLING, UNITS } from '../world.js';
import { ownUnit } from './own-history.js';
import { adapterOf } from './vendor-words.js';

const SCHOOL_UNITS = 'school-units';
/** Of a year: histories are silent for months, and that silence makes knowledge stale is proven elsewhere. */
const SILENCE_HOURS = 24 * 365;

/** The world of the histories, as an administrator would have written it down. */
export const SETTINGS: readonly Setting[] = [...HUVUDMEN, ...SOURCES.map(withAdapter), CALENDAR];

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

/** The national register tells of every unit, those that histories have to themselves included. */
export function unitRecords(histories: number): OutgoingRecord[] {
  const own = Array.from({ length: histories }, (_, number) => ({ ...TRAVELLING, code: ownUnit(number) })); // prettier-ignore
  return [...UNITS, ...own].map(({ code, huvudman }) => {
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
