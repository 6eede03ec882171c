import type { Static } from '@sinclair/typebox';
import { SCHOOL_TYPES } from '#canonical';
import type { SchoolUnitAsserted } from '../facts.js';
import { makeAdapter, message } from '../make-adapter.js';
import type { Reading } from '../reading.js';
import { required } from '../redact.js';
import { SchoolUnit } from './source-schema.js';

/** The national register of school units; see README.md. */
export const schoolUnits = makeAdapter('school-units', 'school-units', [
  message('school-units.unit.changed', {
    schema: SchoolUnit,
    objectKind: 'school-unit',
    objectIdAt: '/data/schoolUnitCode',
    carriesFullState: true,
    read: (data, reading) => [readUnit(data, reading)],
  }),
]);

function readUnit(payload: Static<typeof SchoolUnit>, reading: Reading): SchoolUnitAsserted {
  const { schoolUnitCode, attributes } = payload.data;
  const at = '/data/attributes';
  // The register writes `startdate`; the other spelling is what everybody expects.
  const startDate = attributes.startdate ?? attributes.startDate;
  const startAt = attributes.startdate === undefined ? `${at}/startDate` : `${at}/startdate`;
  reading.order(`${at}/endDate`, startDate, attributes.endDate);
  return {
    kind: 'school-unit-asserted',
    localId: schoolUnitCode,
    modified: reading.firstInstant(
      [
        ['/meta/extractDate', payload.meta?.extractDate],
        ['/', reading.time],
      ],
      required('the time of the extract here, or in the CloudEvents attribute time'),
    ),
    code: schoolUnitCode,
    displayName: attributes.displayName,
    organisationNumber: payload.included.organizationNumber,
    schoolTypes: (attributes.schoolTypes ?? []).map((schoolType, index) =>
      reading.oneOf(`${at}/schoolTypes/${index}`, schoolType, SCHOOL_TYPES),
    ),
    municipalityCode: attributes.municipalityCode,
    status: reading.oneOf(`${at}/status`, attributes.status, [
      'AKTIV',
      'VILANDE',
      'UPPHORT',
      'PLANERAD',
    ]),
    startDate: reading.dayIfAny(startAt, startDate),
    endDate: reading.dayIfAny(`${at}/endDate`, attributes.endDate),
  };
}
