import type { Town, TownUnit } from '../invent/town.js';
import { say, type Saying } from './source-event.js';
import { UNIT_REGISTER } from './sources.js';

/** A unit as the national register of school units tells it (standards §3.1). */
export function sayUnit({ huvudmen }: Pick<Town, 'huvudmen'>, unit: TownUnit, at: Date): Saying {
  const huvudman = huvudmen.find(({ id }) => id === unit.huvudman)!;
  const data = {
    meta: { extractDate: at.toISOString() },
    data: {
      type: 'schoolunit',
      schoolUnitCode: unit.code,
      attributes: {
        displayName: unit.displayName,
        status: 'AKTIV',
        url: null,
        headMaster: null,
        orientationType: 'ALLMAN',
        schoolUnitType: 'SKOLENHET',
        schoolName: unit.displayName,
        municipalityCode: huvudman.municipalityCode,
        schoolTypes: [unit.schoolType],
        startdate: '2015-07-01',
        endDate: null,
      },
    },
    included: {
      type: 'organization',
      organizationNumber: huvudman.organisationNumber,
      attributes: { displayName: huvudman.displayName },
    },
  };
  return say(UNIT_REGISTER, 'school-units.unit.changed', { object: unit.code, at, data });
}
