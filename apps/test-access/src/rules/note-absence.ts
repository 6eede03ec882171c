import { type PresenceReport, schoolYearOf, stockholmDay, type Day } from '#canonical';
import type { KeptAbsence } from './access-record.js';
import type { Calendar } from './arrange-calendar.js';

/** More absences that touch test windows than this are not kept of one pupil and year: the oldest go first. */
export const ABSENCES_MAX = 50;

/**
 * The kept absences after one presence report. A report says its whole present content, so that a correction replaces what was
 * said under the same id, and a cancelled one leaves nothing. Absences outside test windows, and those of past school years, are
 * not kept. Gives back the same array when nothing changed.
 */
export function noteAbsence(
  kept: readonly KeptAbsence[],
  report: PresenceReport,
  context: { readonly isCancelled: boolean; readonly calendar: Calendar; readonly today: Day },
): readonly KeptAbsence[] {
  const { isCancelled, calendar, today } = context;
  const before = kept.find(({ id }) => id === report.id);
  const from = stockholmDay(new Date(report.startTime));
  const to = report.endTime === undefined ? from : stockholmDay(new Date(report.endTime));
  const matters =
    !isCancelled && isAbsence(report) && from <= to && calendar.touchesWindow(from, to);
  if (!matters && before === undefined) return kept;
  if (matters && before?.from === from && before.to === to) return kept;
  const others = kept.filter(
    ({ id, to: last }) => id !== report.id && schoolYearOf(last) >= schoolYearOf(today),
  );
  if (!matters) return others;
  const absence = { id: report.id, huvudman: report.huvudman, from, to };
  return [...others, absence].sort(byStart).slice(-ABSENCES_MAX);
}

function isAbsence({ says }: PresenceReport): boolean {
  switch (says) {
    case 'Beviljad ledighet':
    case 'Anmäld frånvaro':
    case 'valid-absence':
    case 'invalid-absence':
      return true;
    case 'In':
    case 'Ut':
    case 'present':
    case 'not-reported':
      return false;
    default:
      return says satisfies never;
  }
}

function byStart(one: KeptAbsence, other: KeptAbsence): number {
  return `${one.from}${one.id}` < `${other.from}${other.id}` ? -1 : 1;
}
