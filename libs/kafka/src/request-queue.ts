import { KafkaBusy } from './kafka-busy.js';

const SLOW = 'Kafka is slow or away; send again in a moment.';

export interface RequestQueueOptions<T> {
  /** Sends these together and resolves when all of it is acknowledged. Only ever one at a time. */
  readonly send: (items: readonly T[], limitMs: number) => Promise<void>;
  readonly bytesOf: (item: T) => number;
  /** What one request holds at most; a call that is larger goes alone. */
  readonly bytesMax: number;
  /** With this much waiting there is company enough, and nothing waits for more. */
  readonly gatherBytesMax: number;
  /** No call waits longer than this for its acknowledgement, its time in the queue included. */
  readonly limitMs: number;
}

interface Call<T> {
  readonly items: readonly T[];
  readonly bytes: number;
  /** Until then it waits for company. */
  readonly goesMs: number;
  readonly endsMs: number;
  readonly settle: (error?: unknown) => void;
  /** Its caller has been told how it ended. */
  isSettled: boolean;
}

/**
 * One request at a time, in the order of the calls; calls that came while a request was under way go into the next one together. The
 * busier a process is the fewer requests each event costs the broker. A call may wait a moment for company even when none is under way.
 */
export class RequestQueue<T> {
  private waiting: Call<T>[] = [];
  private isSending = false;

  constructor(private readonly options: RequestQueueOptions<T>) {}

  /**
   * Resolves when all of it is acknowledged.
   *
   * @param gatherMs how long it may wait for company
   * @throws KafkaBusy when it was not in time, though it may have been stored all the same.
   */
  async add(items: readonly T[], gatherMs = 0): Promise<void> {
    const { bytesOf, limitMs } = this.options;
    const bytes = items.reduce((sum, item) => sum + bytesOf(item), 0);
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        const nowMs = performance.now();
        const call: Call<T> = {
          items,
          bytes,
          goesMs: nowMs + gatherMs,
          endsMs: nowMs + limitMs,
          settle: (error) => {
            call.isSettled = true;
            if (error === undefined) resolve();
            else reject(error as Error);
          },
          isSettled: false,
        };
        this.waiting.push(call);
        timer = setTimeout(() => call.settle(new KafkaBusy(SLOW)), limitMs);
        if (!this.isSending) void this.sendAll();
      });
    } finally {
      clearTimeout(timer);
    }
  }

  private async sendAll(): Promise<void> {
    this.isSending = true;
    while (this.waiting.length > 0) {
      const earlyMs = this.earlyMs();
      if (earlyMs > 0) await pause(earlyMs);
      await this.sendTogether(this.takeTogether());
    }
    this.isSending = false;
  }

  /** For how long the first in the queue still waits for company. */
  private earlyMs(): number {
    const bytes = this.waiting.reduce((sum, call) => sum + call.bytes, 0);
    if (bytes >= this.options.gatherBytesMax) return 0;
    return this.waiting[0]!.goesMs - performance.now();
  }

  private takeTogether(): Call<T>[] {
    const { bytesMax } = this.options;
    let bytes = 0;
    let count = 0;
    for (; count < this.waiting.length; count++) {
      bytes += this.waiting[count]!.bytes;
      if (count > 0 && bytes > bytesMax) break;
    }
    return this.waiting.splice(0, count);
  }

  /** What Kafka refuses may be the fault of one call: then each of them is sent alone. */
  private async sendTogether(calls: readonly Call<T>[]): Promise<void> {
    // A timer may go off a moment before its time by the clock: whoever has given up is not sent, whatever the clock says.
    const open = calls.filter((call) => !call.isSettled && call.endsMs > performance.now());
    if (open.length === 0) return;
    const limitMs = open.at(-1)!.endsMs - performance.now();
    try {
      await this.options.send(
        open.flatMap(({ items }) => items),
        limitMs,
      );
      for (const { settle } of open) settle();
    } catch (error) {
      if (open.length === 1) open[0]!.settle(error);
      else for (const call of open) await this.sendTogether([call]);
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
