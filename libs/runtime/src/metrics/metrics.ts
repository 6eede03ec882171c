import {
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  Registry,
  type Metric,
} from 'prom-client';
import { SeriesLimit } from './series-limit.js';

export type Labels<Label extends string> = Readonly<Record<Label, string>>;
/** Labels are asked for exactly when the metric has some. */
type Given<Label extends string> = [Label] extends [never] ? [] : [labels: Labels<Label>];

export interface CounterHandle<Label extends string> {
  /** @param by never negative. */
  add(by: number, ...labels: Given<Label>): void;
}

export interface GaugeHandle<Label extends string> {
  set(value: number, ...labels: Given<Label>): void;
  /** Read anew at each scrape, so it must be cheap. @returns a function that ends the reading. */
  read(value: () => number, ...labels: Given<Label>): () => void;
}

export interface HistogramHandle<Label extends string> {
  /** @param value in the base unit of the metric's name, seconds or bytes. */
  observe(value: number, ...labels: Given<Label>): void;
}

interface HistogramOptions<Label extends string> {
  readonly labels?: readonly Label[];
  readonly buckets?: readonly number[];
}

/** From a millisecond to a minute; the places of p50 and p99 under load lie between 5 and 500 ms. */
const SECONDS_BUCKETS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10, 60,
];
const METRIC_NAME = /^elevnav_[a-z][a-z0-9_]*$/;
const LABEL_NAME = /^[a-z][a-z0-9_]*$/;
/** Labels that would make one series a person. */
const PERSONAL_LABELS = new Set([
  'person',
  'pupil',
  'subject',
  'name',
  'personnummer',
  'eppn',
  'mail',
  'email',
]);

/** One registry a process: several stages in it differ by the label `stage`. */
let processRegistry: Registry | undefined;
const readersByGauge = new WeakMap<Metric, Set<() => void>>();

/**
 * A stage's view of the process's metrics. Making a metric that exists already gives the same one, so a module may
 * name it where it uses it.
 */
export class Metrics {
  private readonly registry: Registry;
  private readonly limit = new SeriesLimit();

  constructor(
    readonly stage: string,
    registry?: Registry,
  ) {
    this.registry = registry ?? (processRegistry ??= registryWithProcessMetrics());
  }

  counter<const Label extends string = never>(
    name: string,
    help: string,
    labels: readonly Label[] = [],
  ): CounterHandle<Label> {
    const counter = this.made(
      name,
      labels,
      Counter,
      (labelNames) => new Counter({ name, help, labelNames, registers: [this.registry] }),
    );
    return { add: (by, ...given) => counter.inc(this.labelled(name, given), by) };
  }

  gauge<const Label extends string = never>(
    name: string,
    help: string,
    labels: readonly Label[] = [],
  ): GaugeHandle<Label> {
    const gauge = this.made(name, labels, Gauge, (labelNames) => {
      const readers = new Set<() => void>();
      const collect = (): void => readers.forEach((read) => read());
      const made = new Gauge({ name, help, labelNames, registers: [this.registry], collect });
      readersByGauge.set(made, readers);
      return made;
    });
    const set = (value: number, given: Given<Label>): void =>
      gauge.set(this.labelled(name, given), value);
    return {
      set: (value, ...given) => set(value, given),
      read: (value, ...given) => {
        const read = (): void => set(value(), given);
        readersByGauge.get(gauge)?.add(read);
        return () => readersByGauge.get(gauge)?.delete(read);
      },
    };
  }

  histogram<const Label extends string = never>(
    name: string,
    help: string,
    options: HistogramOptions<Label> = {},
  ): HistogramHandle<Label> {
    const buckets = [...(options.buckets ?? SECONDS_BUCKETS)];
    const histogram = this.made(
      name,
      options.labels ?? [],
      Histogram,
      (labelNames) =>
        new Histogram({ name, help, labelNames, buckets, registers: [this.registry] }),
    );
    return { observe: (value, ...given) => histogram.observe(this.labelled(name, given), value) };
  }

  /** The Prometheus text of the whole process. */
  async render(): Promise<{ readonly contentType: string; readonly text: string }> {
    return { contentType: this.registry.contentType, text: await this.registry.metrics() };
  }

  private made<T extends Metric>(
    name: string,
    labels: readonly string[],
    Kind: abstract new (...parameters: never[]) => T,
    make: (labelNames: string[]) => T,
  ): T {
    if (!METRIC_NAME.test(name)) throw new Error(`The metric "${name}" must be named elevnav_…`);
    const wrong = labels.find((label) => !LABEL_NAME.test(label) || PERSONAL_LABELS.has(label));
    if (wrong !== undefined) throw new Error(`The metric "${name}" cannot have label "${wrong}".`);
    const labelNames = ['stage', ...labels];
    const existing: unknown = this.registry.getSingleMetric(name);
    if (existing === undefined) return make(labelNames);
    if (existing instanceof Kind && labelNamesOf(existing) === labelNames.join()) return existing;
    throw new Error(`The metric "${name}" exists as another kind or with other labels.`);
  }

  private labelled(name: string, given: readonly Labels<string>[]): Record<string, string> {
    return { stage: this.stage, ...this.limit.within(name, given[0] ?? {}) };
  }
}

/** prom-client keeps them without typing them. */
function labelNamesOf(metric: Metric): string | undefined {
  return (metric as { labelNames?: readonly string[] }).labelNames?.join();
}

function registryWithProcessMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}
