import type { Accepted } from './ledger.js';
import type { ReadOut, TopicRecord } from './read-out.js';
import { Offenders, Variants } from './tally.js';

/** What a huvudman must in the end have been told of one pupil: the independent model. */
export interface Expected {
  /** The register's record of the pupil: source and local id. */
  readonly record: string;
  readonly huvudman: string;
  readonly eppns: readonly string[];
  readonly enrolments: readonly Enrolment[];
}

interface Enrolment {
  readonly schoolUnit: string;
  readonly startDate: string;
  readonly endDate?: string;
}

export interface Question {
  readonly accepted: ReadonlyMap<string, Accepted>;
  /** Keys of poisoned records. */
  readonly poison: readonly string[];
  readonly expected: readonly Expected[];
  /** YYYY-MM-DD. */
  readonly today: string;
  readonly out: ReadOut;
}

export interface Answer {
  readonly accepted: number;
  readonly published: number;
  readonly filtered: number;
  readonly parked: number;
  /** What a stage keeps back until somebody lets it go on. No stage does so yet; were one to, it would be seen here. */
  readonly held: number;
  readonly lost: number;
  readonly doubleEffects: number;
  readonly orderBreaks: number;
  /** The same event with the same content once more: allowed, and counted. */
  readonly repeats: number;
  /** What was told anew because a restored store had forgotten that it was told: newer in sequence, and counted. */
  readonly remade: number;
  /** Good events that are still parked when all is still. */
  readonly strayParked: number;
  /** Pupils with an enrolment that holds today and without an entry to its school unit. */
  readonly accessMissing: number;
  /** What is wrong, ids only: the first of each kind. */
  readonly offenders: readonly string[];
}

/** Compares what was accepted with what came out. Pure. */
export function check(question: Question): Answer {
  const offenders = new Offenders();
  const settled = settle(question, offenders);
  const { records, canonical } = question.out;
  const makings = makingsOf(canonical);
  const inside = followStreams(canonical, offenders);
  const streams = followStreams(records, offenders);
  const effects = countEffects(question, makings, offenders);
  const states = compareStates(question, offenders);
  return {
    ...settled,
    orderBreaks: inside.orderBreaks + streams.orderBreaks,
    repeats: streams.repeats,
    remade: effects.remade,
    doubleEffects: effects.doubled + states.wrong,
    accessMissing: states.accessMissing,
    offenders: offenders.named,
  };
}

const HELD = /^held(:|$)/;

/** Where each accepted event ended: published, else parked, else held, else filtered, else lost. */
function settle({ accepted, poison, out }: Question, offenders: Offenders) {
  const onTopic = new Set(out.records.map(({ huvudman, id }) => `${huvudman} ${id}`));
  const published = new Set<string>();
  for (const { huvudman, event_id: id, cause } of out.feed) {
    if (onTopic.has(`${huvudman} ${id}`)) published.add(cause);
    else offenders.name('in the feed but not on the topic', id);
  }
  const standing = out.parked.filter(({ state }) => state === 'parked');
  const parked = new Set(standing.map(({ cause }) => cause));
  const parkedKeys = new Set(standing.map(({ key }) => key));
  // test-access sees only what goes on to publish by itself, so that its word does not settle an event.
  const filtered = new Set([
    ...out.filtered.filter(({ stage }) => stage !== 'test_access').map(({ cause }) => cause),
    ...out.parked.filter(({ state }) => state === 'replaced').map(({ cause }) => cause),
  ]);
  const held = new Set([
    ...out.parked.filter(({ state }) => state === 'held').map(({ cause }) => cause),
    ...out.filtered.filter(({ outcome }) => HELD.test(outcome)).map(({ cause }) => cause),
  ]);
  const counts = { published: 0, filtered: 0, parked: 0, held: 0, lost: 0, strayParked: 0 };
  for (const cause of accepted.keys()) {
    if (parked.has(cause)) {
      counts.strayParked++;
      const row = standing.find((one) => one.cause === cause)!;
      offenders.name(
        'parked although it is good',
        `${cause} in ${row.stage}: ${row.code} ${row.pointer}`,
      );
    }
    if (published.has(cause)) counts.published++;
    else if (parked.has(cause)) counts.parked++;
    else if (held.has(cause)) counts.held++;
    else if (filtered.has(cause)) counts.filtered++;
    else {
      counts.lost++;
      offenders.name('lost', cause);
    }
  }
  for (const key of poison) {
    if (parkedKeys.has(key)) counts.parked++;
    else {
      counts.lost++;
      offenders.name('lost', key);
    }
  }
  return { accepted: accepted.size + poison.length, ...counts };
}

/**
 * How often normalise has made the events of each cause: once, and once more in each epoch after a restored store had forgotten
 * it. What is made again has the same id and a newer sequence; its content tells the state as it was found then.
 */
function makingsOf(canonical: readonly TopicRecord[]): Map<string, number> {
  const epochs = new Map<string, Set<string>>();
  for (const { causation, sequence } of canonical) {
    if (causation === undefined) continue;
    const known = epochs.get(causation);
    if (known) known.add(epochOf(sequence));
    else epochs.set(causation, new Set([epochOf(sequence)]));
  }
  return new Map([...epochs].map(([cause, { size }]) => [cause, size]));
}

/** Order on each topic, per source and subject: what a reader sees who reads it from the start. */
function followStreams(records: readonly TopicRecord[], offenders: Offenders) {
  const highest = new Map<string, string>();
  const seen = new Set<string>();
  const counts = { orderBreaks: 0, repeats: 0 };
  for (const record of records) {
    const stream = `${record.huvudman} ${record.source} ${record.subject}`;
    const event = `${record.huvudman} ${record.id} ${contentOf(record)}`;
    const isRepeat = seen.has(event);
    const before = highest.get(stream);
    if (isRepeat) counts.repeats++;
    else if (before !== undefined && record.sequence <= before) {
      counts.orderBreaks++;
      offenders.name('out of order', `${record.id} (${record.sequence} after ${before})`);
    }
    if (before === undefined || record.sequence > before) highest.set(stream, record.sequence);
    seen.add(event);
  }
  return counts;
}

function contentOf({ type, subject, data }: TopicRecord): string {
  return `${type} ${subject} ${data}`;
}

/**
 * Every effect once: within one epoch of publish an event id has one content, and a cause tells one thing of one thing under one
 * id; as many of either as normalise has made of that cause, and never more.
 */
function countEffects(
  { accepted, out }: Question,
  makings: ReadonlyMap<string, number>,
  offenders: Offenders,
) {
  const causes = new Map(
    out.feed.map(({ huvudman, event_id: id, cause }) => [`${huvudman} ${id}`, cause]),
  );
  const contents = new Variants();
  const ids = new Variants();
  const counts = { doubled: 0, remade: 0 };
  const judge = (found: number, cause: string | undefined, kind: string, what: string): void => {
    if (found <= 1) return;
    if (found <= (makings.get(cause ?? '') ?? 1)) {
      counts.remade++;
      return;
    }
    counts.doubled++;
    offenders.name(kind, what);
  };
  for (const record of out.records) {
    const { huvudman, id, subject, type, data } = record;
    const epoch = epochOf(record.sequence);
    const cause = causes.get(`${huvudman} ${id}`) ?? record.causation;
    const asId = contents.add(`${huvudman} ${id} ${epoch}`, contentOf(record));
    judge(asId, cause, 'one id with too many contents', `${id} on huvudman.${huvudman}`);
    if (cause === undefined || !accepted.has(cause)) continue;
    const effect = `${cause} ${huvudman} ${subject} ${type} ${thingOf(data)}`;
    const asEffect = ids.add(`${effect} ${epoch}`, id);
    judge(asEffect, cause, 'one cause with too many effects', `${cause}: ${type} ${id}`);
  }
  return counts;
}

interface Told {
  readonly person?: {
    readonly eppns?: readonly string[];
    readonly enrolments?: readonly Enrolment[];
  };
  readonly change?: {
    readonly id?: string;
    readonly entry?: { readonly id: string };
    readonly test?: { readonly id: string };
    readonly standing?: { readonly entry?: string; readonly schoolUnit?: string };
  };
  readonly access?: { readonly entries: readonly { readonly schoolUnit: string }[] };
}

/** Which enrolment, report, entry or test a message is about. */
function thingOf(data: string): string {
  const { change } = JSON.parse(data) as Told;
  const parts = [change?.id, change?.entry?.id, change?.test?.id, change?.standing?.entry];
  return parts.map((part) => part ?? '').join('/');
}

/** The last word on each subject, by the rule for every reader: what has the highest sequence holds. */
function lastWords(records: readonly TopicRecord[], holds: (told: Told) => boolean) {
  const last = new Map<string, { readonly sequence: string; readonly told: Told }>();
  for (const { huvudman, subject, sequence, data } of records) {
    const name = `${huvudman} ${subject}`;
    const before = last.get(name);
    if (before !== undefined && before.sequence >= sequence) continue;
    const told = JSON.parse(data) as Told;
    if (holds(told)) last.set(name, { sequence, told });
  }
  return last;
}

/** Whether each huvudman has in the end been told of its pupils what its own systems said last, and no pupil stands without entry. */
function compareStates({ accepted, expected, today, out }: Question, offenders: Offenders) {
  const subjects = new Map<string, Set<string>>();
  for (const { huvudman, subject, causation } of out.records) {
    const record = causation === undefined ? undefined : accepted.get(causation)?.record;
    if (record === undefined) continue;
    const known = subjects.get(`${huvudman} ${record}`);
    if (known) known.add(subject);
    else subjects.set(`${huvudman} ${record}`, new Set([subject]));
  }
  const persons = lastWords(out.records, ({ person }) => person?.enrolments !== undefined);
  const accesses = lastWords(out.records, ({ access }) => access !== undefined);
  const counts = { wrong: 0, accessMissing: 0 };
  for (const { record, huvudman, eppns, enrolments } of expected) {
    const known = [...(subjects.get(`${huvudman} ${record}`) ?? [])];
    const [subject] = known;
    if (known.length !== 1 || subject === undefined) {
      counts.wrong++;
      offenders.name('not one person', `${record} is ${known.length} (${known.join(', ')})`);
      continue;
    }
    const told = persons.get(`${huvudman} ${subject}`)?.told.person;
    if (stateText(told?.eppns, told?.enrolments) !== stateText(eppns, enrolments)) {
      counts.wrong++;
      offenders.name('another state than was said last', `${record}, told as ${subject}`);
    }
    const entries = accesses.get(`${huvudman} ${subject}`)?.told.access?.entries ?? [];
    const isMissing = enrolments
      .filter(({ startDate, endDate }) => startDate <= today && (endDate ?? today) >= today)
      .some(({ schoolUnit }) => !entries.some((entry) => entry.schoolUnit === schoolUnit));
    if (isMissing) {
      counts.accessMissing++;
      offenders.name('enrolled without an entry', `${record}, told as ${subject}`);
    }
  }
  return counts;
}

function stateText(
  eppns: readonly string[] | undefined,
  enrolments: readonly Enrolment[] | undefined,
): string {
  const intervals = (enrolments ?? []).map(
    ({ schoolUnit, startDate, endDate }) => `${schoolUnit} ${startDate} ${endDate ?? ''}`,
  );
  return JSON.stringify([[...(eppns ?? [])].sort(), intervals.sort()]);
}

/** The part of a sequence that a restored store raises. */
function epochOf(sequence: string): string {
  return sequence.split('-')[0] ?? '';
}
