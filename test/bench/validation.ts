import { randomUUID } from 'node:crypto';
import { adapterNamed, type Adapter } from '#adapters';
import { sourceIdOf } from '#canonical';
import { HuvudmanKeys } from '#stage';
import { checkAttributes } from '../../apps/ingest/src/judge/check-attributes.js';
import {
  judgeEvent, makeRecord, type Grounds, type Verdict,
} from '../../apps/ingest/src/judge/judge-event.js'; // prettier-ignore
import { countrySettings } from './country.js';
import { EventInventor, HUVUDMEN, huvudmanId, readMix } from './invent-events.js';
import { asCloudEvent, type CloudEvent } from './push-events.js';

const EVENTS_PER_PER_CENT = 40;
const PERSONS = 2_000;
const ROUNDS_WARM = 10;
const ROUNDS = 15;

export interface ValidationFigures {
  readonly validationUsPerEvent: number;
  readonly validationUsPerEventOf: {
    /** `judgeEvent` without its record: attributes, source, size and depth, and what is kept of the data. */
    readonly door: number;
    /** The adapter's translation: the content by the source's schema and rules, once more what may be kept, and the facts. */
    readonly content: number;
  };
  /** What the door makes of an event that is good: the record with its key, headers and JSON. No part of the validation. */
  readonly recordUsPerEvent: number;
}

/**
 * What it costs to validate one event of the mix, in microseconds: the mean over all kinds in their shares, as the median of many
 * rounds. It is all that ingest does for each event of a batch that has been parsed, less the making of its record, which is measured
 * by itself in the same rounds; and all that normalise does to check its content, the facts that it makes on the way included.
 * Counted is the CPU of the thread, so that others on the machine are not in it.
 */
export function measureValidation(seed: number): ValidationFigures {
  const posted = inventMix(seed);
  const values = posted.map(({ event, grounds }) => recordOf(judgeEvent(event, grounds)));
  const stored = values.map((value) => JSON.parse(value) as unknown);
  const adapters = posted.map(adapterOf);
  const makers = posted.map((one, index) => makerOf(one, adapters[index]!));
  const judge = () => {
    for (const { event, grounds } of posted) recordOf(judgeEvent(event, grounds));
  };
  const content = () => {
    for (const [index, { event }] of posted.entries()) {
      const { ok } = adapters[index]!.translate({ type: event.type, data: stored[index] });
      if (!ok) throw new Error(`The content of a ${event.type} of the benchmark is not good.`);
    }
  };
  const make = () => {
    for (const maker of makers) maker();
  };
  const rounds = Array.from({ length: ROUNDS_WARM + ROUNDS }, () => ({
    judge: cpuUsOf(judge) / posted.length,
    content: cpuUsOf(content) / posted.length,
    record: cpuUsOf(make) / posted.length,
  })).slice(ROUNDS_WARM);
  const door = medianOf(rounds.map(({ judge, record }) => judge - record));
  const ofContent = medianOf(rounds.map((round) => round.content));
  return {
    validationUsPerEvent: rounded(door + ofContent),
    validationUsPerEventOf: { door: rounded(door), content: rounded(ofContent) },
    recordUsPerEvent: rounded(medianOf(rounds.map(({ record }) => record))),
  };
}

function adapterOf({ event, grounds }: Posted): Adapter {
  return adapterNamed(sourceSettingOf({ event, grounds }).adapter)!;
}

function sourceSettingOf({ event, grounds }: Posted) {
  return grounds.sourceSetting(sourceIdOf(event.source)!)!;
}

/** Makes the record of an event as the door does once it knows that the event is good. */
function makerOf({ event, grounds }: Posted, adapter: Adapter): () => void {
  const source = sourceSettingOf({ event, grounds });
  const checked = checkAttributes({ ...event });
  const admission = adapter.admit({ type: event.type, data: event.data });
  if (!checked.ok || !admission.ok) throw new Error('An event of the benchmark was refused.');
  return () => void makeRecord(source, checked.attributes, admission, grounds);
}

interface Posted {
  readonly event: CloudEvent;
  readonly grounds: Grounds;
}

/** Exactly the shares of the mix, in a drawn order, as they are when their batch has been parsed. */
function inventMix(seed: number): Posted[] {
  const mix = readMix();
  const left = new Map(mix.kinds.map(({ kind, weight }) => [kind, weight * EVENTS_PER_PER_CENT]));
  const inventor = new EventInventor(mix, 'validation', PERSONS, seed);
  const grounds = Array.from({ length: HUVUDMEN }, (_, index) => groundsOf(index));
  const posted: Posted[] = [];
  while ([...left.values()].some((count) => count > 0)) {
    const { kind, event } = inventor.any();
    const wanted = left.get(kind)!;
    if (wanted === 0) continue;
    left.set(kind, wanted - 1);
    const parsed = JSON.parse(JSON.stringify(asCloudEvent('validation', event))) as CloudEvent;
    posted.push({ event: parsed, grounds: grounds[event.client]! });
  }
  return posted;
}

/** As the door makes them for each request, with the limits that it has unless told otherwise. */
function groundsOf(huvudman: number): Grounds {
  const sources = new Map(
    countrySettings().flatMap((setting) =>
      setting.kind === 'source' ? [[setting.id, setting] as const] : [],
    ),
  );
  const keys = new HuvudmanKeys({
    masterKeys: [{ id: 'bench', key: Buffer.alloc(32, 2) }],
    identityKey: Buffer.alloc(32, 1),
  });
  return {
    clientId: `bench-${huvudmanId(huvudman)}`,
    actsFor: undefined,
    sourceSetting: (id) => sources.get(id),
    adapterNamed,
    recordKey: (...parts) => keys.digest('record-key', parts.join(' ')).slice(0, 32),
    newTraceparent: () => {
      const hex = randomUUID().replaceAll('-', '');
      return `00-${hex}-${hex.slice(16)}-01`;
    },
    limits: { depthMax: 20, bytesMax: 256 * 1024 },
    looksAhead: false,
  };
}

function recordOf(verdict: Verdict): string {
  if (verdict.verdict === 'accepted') return verdict.record.value;
  throw new Error(`An event of the benchmark was refused: ${JSON.stringify(verdict)}`);
}

function cpuUsOf(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return user + system;
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)]!;
}

function rounded(us: number): number {
  return Math.round(us * 100) / 100;
}
