const SERIES_MAX = 1_000;
const VALUE_LENGTH_MAX = 80;
const REST = 'other';

/** Keeps one metric of a stage to 1,000 series: a label that grows without end must not take the memory with it. */
export class SeriesLimit {
  private readonly seen = new Map<string, Set<string>>();

  constructor(private readonly seriesMax = SERIES_MAX) {}

  /** @returns the labels as given, or all of them as "other" once the metric has its fill of series. */
  within(metric: string, labels: Readonly<Record<string, string>>): Record<string, string> {
    const entries = Object.entries(labels).map(
      ([label, value]) => [label, value.slice(0, VALUE_LENGTH_MAX)] as const,
    );
    const series = entries.map(([, value]) => value).join('\u0000');
    const seen = this.seen.get(metric) ?? new Set<string>();
    this.seen.set(metric, seen);
    if (!seen.has(series)) {
      if (seen.size >= this.seriesMax) return Object.fromEntries(entries.map(([l]) => [l, REST]));
      seen.add(series);
    }
    return Object.fromEntries(entries);
  }
}
