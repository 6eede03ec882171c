import { startOfStockholmDay } from '#canonical';

export interface SilenceTerm {
  /** Days, both inclusive. */
  readonly startDate: string;
  readonly endDate: string;
}

/**
 * For how long a source has been silent, in milliseconds. Time between two terms does not count: in the summer nobody sends for weeks,
 * and what a source said on the last day of term is as fresh as anybody could wish. Before the first and after the last term that is
 * known every hour counts: a calendar that ends is no reason to wait for ever.
 */
export function measureSilence(heard: Date, now: Date, terms: readonly SilenceTerm[]): number {
  let silentMs = Math.max(0, now.getTime() - heard.getTime());
  for (const { from, to } of breaksBetween(terms)) {
    const begins = Math.max(from, heard.getTime());
    const ends = Math.min(to, now.getTime());
    if (ends > begins) silentMs -= ends - begins;
  }
  return silentMs;
}

/** From the end of a term to the beginning of the next; terms of several calendars may overlap. */
function breaksBetween(terms: readonly SilenceTerm[]): { from: number; to: number }[] {
  const ordered = terms
    .filter(({ startDate, endDate }) => startDate <= endDate)
    .sort((one, other) => (one.startDate < other.startDate ? -1 : 1));
  const breaks: { from: number; to: number }[] = [];
  let last: string | undefined;
  for (const { startDate, endDate } of ordered) {
    const from = last === undefined ? undefined : startOfStockholmDay(dayAfter(last)).getTime();
    const to = startOfStockholmDay(startDate).getTime();
    if (from !== undefined && to > from) breaks.push({ from, to });
    if (last === undefined || endDate > last) last = endDate;
  }
  return breaks;
}

const DAY_MS = 86_400_000;

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
}
