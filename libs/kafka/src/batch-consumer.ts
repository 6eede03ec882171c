import type { Consumer, EachBatchPayload } from 'kafkajs';
import { CommittedOffsets } from './committed-offsets.js';
import { HEARTBEAT_INTERVAL_MS, REBALANCE_TIMEOUT_MS, SESSION_TIMEOUT_MS } from './group-times.js';
import type { KafkaConnection } from './kafka-connection.js';
import type { Lane, LaneRunner, LaneVerdict, RawBatch } from './lane-runner.js';

/** The broker answers at once when there is anything, else after this time: it bounds how long a stop takes. */
const FETCH_BYTES_MIN = 1;
const FETCH_WAIT_MS = 250;
/**
 * A busy consumer asks again once in this time. Whole batches cost every stage, PostgreSQL and the broker far less per event than many
 * small ones, and a lone event after a quiet while waits for nothing. (A broker that is told to collect instead makes every idle
 * consumer ask as often as a busy one.) All consumers of a process ask at the same moments, so that what they get is stored together.
 */
const FETCH_PACE_MS = 50;
/** Effects of a batch are larger than the batch; see test/bench/limits for the trap. */
const FETCH_BYTES_PER_PARTITION = 384 * 1024;
const REBUILD_PAUSE_MS = 2_000;
/** A consumer that crashed for good this often within the window ends the process, so that its supervisor starts it clean. */
const REBUILDS_MAX = 5;
const REBUILD_WINDOW_MS = 120_000;
const SILENT_MS_MAX = 60_000;

export interface BatchConsumerOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly runner: LaneRunner;
  /** Called when the consumer cannot be kept alive; the process should end with a failure. */
  readonly onFatal: (says: string) => void;
  readonly onLog: (level: 'info' | 'warn' | 'error', says: string) => void;
}

export type ConsumerState = 'starting' | 'running' | 'rebalancing' | 'crashed' | 'stopped';

/**
 * One consumer group member that hands whole batches to a runner. The offsets that it commits tell operators how far it is; where
 * to go on after a restart is the runner's word alone. A consumer that kafkajs has given up (`CRASH` without restart) is rebuilt.
 */
export class BatchConsumer {
  private consumer: Consumer | undefined;
  private stateNow: ConsumerState = 'starting';
  private since = new Date();
  private lastSignMs = Date.now();
  private fetchedMs = 0;
  private committed: CommittedOffsets | undefined;
  private lanes: Lane[] = [];
  private rebuildsMs: number[] = [];
  private rebuilding: Promise<void> | undefined;
  private stopping = false;
  private readonly halted = new Map<string, Lane & { readonly says: string }>();

  constructor(
    private readonly connection: KafkaConnection,
    private readonly options: BatchConsumerOptions,
  ) {}

  /** For readiness: is it in its group, and has it been heard of lately? */
  get health(): { ok: boolean; since: Date; says: string } {
    const silentMs = Date.now() - this.lastSignMs;
    const [halted] = this.halted.values();
    if (halted) return { ok: false, since: this.since, says: halted.says };
    if (this.stateNow === 'running' && silentMs > SILENT_MS_MAX) {
      return {
        ok: false,
        since: this.since,
        says: `no heartbeat for ${Math.round(silentMs / 1000)} s`,
      };
    }
    return { ok: this.stateNow === 'running', since: this.since, says: this.stateNow };
  }

  get assignedLanes(): readonly Lane[] {
    return this.lanes;
  }

  get groupId(): string {
    return this.options.groupId;
  }

  /** May be called again after it failed. */
  async start(): Promise<void> {
    try {
      await this.join();
    } catch (error) {
      await this.consumer?.disconnect().catch(() => undefined);
      throw error;
    }
  }

  private async join(): Promise<void> {
    const consumer = this.build();
    this.consumer = consumer;
    this.committed = new CommittedOffsets(consumer, {
      wire: (topic) => this.connection.wire(topic),
      onFailure: (error) =>
        this.options.onLog('warn', `${this.options.groupId} commit: ${nameOf(error)}`),
    });
    await consumer.connect();
    await consumer.subscribe({
      topics: this.options.topics.map((topic) => this.connection.wire(topic)),
      fromBeginning: true,
    });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 32,
      eachBatch: (payload) => this.handle(consumer, payload),
    });
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.enter('stopped');
    await this.rebuilding?.catch(() => undefined);
    await this.committed?.tell();
    await this.consumer?.disconnect().catch(() => undefined);
  }

  /** Reads a lane again from the given offset. */
  seek(lane: Lane, offset: number): void {
    this.consumer?.seek({
      topic: this.connection.wire(lane.topic),
      partition: lane.partition,
      offset: String(offset),
    });
  }

  private build(): Consumer {
    const consumer = this.connection.client.consumer({
      groupId: this.connection.wire(this.options.groupId),
      sessionTimeout: SESSION_TIMEOUT_MS,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_INTERVAL_MS,
      minBytes: FETCH_BYTES_MIN,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      maxBytesPerPartition: FETCH_BYTES_PER_PARTITION,
      allowAutoTopicCreation: false,
      retry: {
        retries: 8,
        initialRetryTime: 100,
        maxRetryTime: 2_000,
        restartOnFailure: () => Promise.resolve(!this.stopping),
      },
    });
    const { GROUP_JOIN, HEARTBEAT, FETCH, REBALANCING, CRASH } = consumer.events;
    const alive = () => void (this.lastSignMs = Date.now());
    consumer.on(HEARTBEAT, alive);
    consumer.on(FETCH, () => {
      alive();
      this.fetchedMs = performance.now();
    });
    consumer.on(REBALANCING, () => this.enter('rebalancing'));
    consumer.on(GROUP_JOIN, ({ payload }) => {
      alive();
      this.committed?.forget();
      this.enter('running');
      this.goOn(consumer);
      this.lanes = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => ({ topic: this.connection.ours(topic), partition })),
      );
      void this.takeUp(consumer, this.lanes);
    });
    consumer.on(CRASH, ({ payload }) => {
      this.enter('crashed');
      this.options.onLog('error', `${this.options.groupId} crashed: ${payload.error.name}`);
      if (!payload.restart && consumer === this.consumer) this.rebuild();
    });
    return consumer;
  }

  /** Moves newly assigned lanes to the runner's positions; asks again while the store is away. */
  private async takeUp(consumer: Consumer, lanes: readonly Lane[]): Promise<void> {
    while (!this.stopping && consumer === this.consumer && lanes === this.lanes) {
      try {
        for (const { offset, ...lane } of await this.options.runner.assigned(lanes)) {
          if (lanes === this.lanes) this.seek(lane, offset);
        }
        return;
      } catch (error) {
        this.options.onLog(
          'warn',
          `${this.options.groupId} waits for its positions: ${nameOf(error)}`,
        );
        await pause(1_000);
      }
    }
  }

  private async handle(consumer: Consumer, payload: EachBatchPayload): Promise<void> {
    const { batch, heartbeat, isRunning, isStale, resolveOffset } = payload;
    const topic = this.connection.ours(batch.topic);
    const lane: Lane = { topic, partition: batch.partition };
    const raw: RawBatch = {
      ...lane,
      records: batch.messages.map((message) => ({
        offset: Number(message.offset),
        key: message.key,
        value: message.value,
        headers: message.headers ?? {},
        timestampMs: Number(message.timestamp),
      })),
      nextOffset: Number(batch.lastOffset()) + 1,
    };
    const beat = setInterval(() => {
      heartbeat().then(
        () => (this.lastSignMs = Date.now()),
        (error: unknown) =>
          this.options.onLog('warn', `${this.options.groupId} heartbeat: ${nameOf(error)}`),
      );
    }, HEARTBEAT_INTERVAL_MS);
    try {
      const going = () => !this.stopping && isRunning() && !isStale();
      const verdict = await this.options.runner.process(raw, going);
      this.act(consumer, lane, verdict, resolveOffset);
      const earlyMs = nextAskMs(this.fetchedMs) - performance.now();
      if (earlyMs > 0 && !this.stopping) await pause(earlyMs);
    } finally {
      clearInterval(beat);
    }
  }

  private act(
    consumer: Consumer,
    lane: Lane,
    verdict: LaneVerdict,
    resolveOffset: (offset: string) => void,
  ): void {
    const topic = this.connection.wire(lane.topic);
    switch (verdict.kind) {
      case 'done':
        resolveOffset(String(verdict.nextOffset - 1));
        this.committed?.note(lane, verdict.nextOffset);
        return;
      case 'seek':
        this.seek(lane, verdict.offset);
        return;
      case 'stopped':
        this.halted.set(`${lane.topic}/${lane.partition}`, { ...lane, says: verdict.says });
        this.options.onLog('error', verdict.says);
        consumer.pause([{ topic, partitions: [lane.partition] }]);
        return;
      case 'abandoned':
        return;
    }
  }

  /** Whoever has a lane after a rebalance looks at it anew, and stops it again if it must: kafkajs would leave it paused, unseen. */
  private goOn(consumer: Consumer): void {
    for (const { topic, partition } of this.halted.values()) {
      consumer.resume([{ topic: this.connection.wire(topic), partitions: [partition] }]);
    }
    this.halted.clear();
  }

  private rebuild(): void {
    if (this.stopping || this.rebuilding) return;
    const now = Date.now();
    this.rebuildsMs = this.rebuildsMs.filter((at) => now - at < REBUILD_WINDOW_MS);
    this.rebuildsMs.push(now);
    if (this.rebuildsMs.length > REBUILDS_MAX) {
      this.options.onFatal(
        `${this.options.groupId} crashed ${REBUILDS_MAX} times within two minutes`,
      );
      return;
    }
    this.rebuilding = (async () => {
      await this.consumer?.disconnect().catch(() => undefined);
      await pause(REBUILD_PAUSE_MS);
      if (!this.stopping) await this.start();
    })()
      .catch((error: unknown) => {
        this.options.onLog(
          'error',
          `${this.options.groupId} could not be rebuilt: ${nameOf(error)}`,
        );
        setTimeout(() => this.rebuild(), REBUILD_PAUSE_MS).unref();
      })
      .finally(() => (this.rebuilding = undefined));
  }

  private enter(state: ConsumerState): void {
    if (state === this.stateNow) return;
    this.stateNow = state;
    this.since = new Date();
  }
}

/** The moment, on the clock of `performance.now`, that is nearest to a pace after the last answer came, of those that all share. */
function nextAskMs(fetchedMs: number): number {
  return Math.round(fetchedMs / FETCH_PACE_MS + 1) * FETCH_PACE_MS;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function nameOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'an unknown error';
}
