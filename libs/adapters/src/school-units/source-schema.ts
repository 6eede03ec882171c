import { Type } from '@sinclair/typebox';
import {
  DayText, InstantText, MunicipalityCodeText, OrganisationNumberText, SchoolUnitCodeText, Text, kept, list,
} from '../source-values.js'; // prettier-ignore

/** The answer of `GET /v2/school-units/{schoolUnitCode}` in the national register of school units (standards §3.1). */
export const SchoolUnit = kept(
  {
    meta: Type.Optional(kept({ extractDate: Type.Optional(InstantText) }, ['created', 'modified'])),
    data: kept(
      {
        schoolUnitCode: SchoolUnitCodeText,
        attributes: kept(
          {
            displayName: Text,
            status: Text,
            municipalityCode: Type.Optional(MunicipalityCodeText),
            schoolTypes: Type.Optional(list(Text, 34)),
            startdate: Type.Optional(DayText),
            startDate: Type.Optional(DayText),
            endDate: Type.Optional(DayText),
          },
          [
            'addresses', 'email', 'headMaster', 'hospitalSchool', 'orientationType', 'phoneNumber', 'reportsPersonell',
            'reportsStudents', 'schoolName', 'schoolTypeProperties', 'schoolUnitType', 'specialSupportSchool', 'url',
          ], // prettier-ignore
        ),
      },
      ['type'],
    ),
    included: kept({ organizationNumber: OrganisationNumberText }, ['attributes', 'links', 'type']),
  },
  ['links'],
);
