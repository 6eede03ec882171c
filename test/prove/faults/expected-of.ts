import type { Expected } from './check.js';
import type { Town } from './town.js';

/** What the huvudmän of a town must in the end have been told: what the last event that was made says of each pupil's record. */
export function expectedOf(town: Town): Expected[] {
  return [...town.records.values()].map((record) => ({
    record: record.name,
    huvudman: record.huvudman.id,
    eppns: [record.eppn, ...(record.accountEppn === undefined ? [] : [record.accountEppn])],
    enrolments: record.enrolments.map(({ unit, startDate, endDate }) => ({
      schoolUnit: unit,
      startDate,
      endDate,
    })),
  }));
}
