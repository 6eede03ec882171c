import { type AccessEntry, type TestAssignment, earlierDay, schoolYearOf } from '#canonical';
import type { AccessRecord, PostponedEnd } from './access-record.js';

/**
 * Two persons were one: what was decided for both. Where both have an entry at one place, or one test, the survivor's stays, so that
 * nothing is there twice; deciding the survivor's facts again does the rest.
 */
export function joinRecords(into: AccessRecord, from: AccessRecord): AccessRecord {
  const { entries, standings, tests } = into.access;
  const added = from.access.entries.filter(
    (entry) => !entries.some((other) => placeOf(other) === placeOf(entry)),
  );
  const ids = new Set(added.map(({ id }) => id));
  return {
    access: {
      entries: [...entries, ...added],
      standings: [
        ...standings,
        ...from.access.standings.filter(({ entry }) => entry === undefined || ids.has(entry)),
      ],
      tests: [
        ...tests,
        ...from.access.tests.filter(
          (test) => !tests.some((other) => subjectOf(other) === subjectOf(test)),
        ),
      ],
    },
    eppns: { ...from.eppns, ...into.eppns },
    absences: [...into.absences, ...from.absences],
    ...((into.overdue ?? from.overdue) && { overdue: into.overdue ?? from.overdue }),
    ...(into.holdsThrough &&
      from.holdsThrough && { holdsThrough: earlierDay(into.holdsThrough, from.holdsThrough) }),
    ...(into.separations && { separations: into.separations }),
    ...postponedOf([...(into.postponed ?? []), ...(from.postponed ?? [])], [...entries, ...added]),
  };
}

/**
 * One person was two: what was decided at the huvudmän that go, and what stays. Entries keep their ids on either side, so that
 * nobody loses one by it.
 */
export function splitRecord(
  record: AccessRecord,
  huvudmen: ReadonlySet<string>,
): { readonly apart: AccessRecord; readonly stays: AccessRecord } {
  const part = (goes: boolean): AccessRecord => {
    const isPart = ({ huvudman }: { huvudman: string }): boolean => huvudmen.has(huvudman) === goes;
    const eppns = Object.entries(record.eppns).filter(([name]) =>
      isPart({ huvudman: name.slice(name.indexOf('/') + 1) }),
    );
    const { overdue, holdsThrough } = record;
    const entries = record.access.entries.filter(isPart);
    return {
      access: {
        entries,
        standings: record.access.standings.filter(isPart),
        tests: record.access.tests.filter(isPart),
      },
      eppns: Object.fromEntries(eppns),
      absences: record.absences.filter(isPart),
      ...(overdue && isPart(overdue) && { overdue }),
      ...(holdsThrough && { holdsThrough }),
      ...postponedOf(record.postponed ?? [], entries),
    };
  };
  const separations = (record.separations ?? 0) + 1;
  return { apart: part(true), stays: { ...part(false), separations } };
}

function postponedOf(
  ends: readonly PostponedEnd[],
  entries: readonly AccessEntry[],
): Pick<AccessRecord, 'postponed'> {
  const postponed = ends.filter(({ entry }) => entries.some(({ id }) => id === entry));
  return postponed.length > 0 ? { postponed } : {};
}

function placeOf({ role, huvudman, schoolUnit, schoolType }: AccessEntry): string {
  return `${role}/${huvudman}/${schoolUnit}/${schoolType === 'VUXGY'}`;
}

function subjectOf({ activity, windowStart }: TestAssignment): string {
  return `${activity}/${schoolYearOf(windowStart)}`;
}
