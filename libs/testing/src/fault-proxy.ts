import { connect, createServer, type Server, type Socket } from 'node:net';

/** How what passes through a proxy is treated, both ways. Everything is off unless it is named. */
export interface Conditions {
  /** How much later everything arrives, in milliseconds; the order stays. */
  readonly delayMs?: number;
  /** The delay differs by up to this much, more or less. */
  readonly jitterMs?: number;
  /** Nothing arrives until the conditions change; connections are taken all the same. */
  readonly isBlackHole?: boolean;
  /** What passes is cut into slices of this many bytes … */
  readonly sliceBytes?: number;
  /** … with this pause between them. */
  readonly slicePauseMs?: number;
}

export interface FaultProxyOptions {
  readonly target: { readonly host?: string; readonly port: number };
  /** 0 or absent = any free one. */
  readonly port?: number;
  /** From 0 up to 1; for the jitter. */
  readonly random?: () => number;
}

/** A TCP proxy on loopback that does to connections what networks do to them. */
export interface FaultProxy {
  readonly port: number;
  /** Open connections through it. */
  readonly connections: number;
  /** Pieces that a delay has held back so far. */
  readonly heldBack: number;
  /** From now on, for open connections as for new ones; what was held back by earlier conditions keeps its time. */
  set(conditions: Conditions): void;
  /** Ends all open connections with a reset. @returns how many they were. */
  closeConnections(): number;
  stop(): Promise<void>;
}

/** One direction holds back at most this much; then its sender is not read until some has passed. */
const HELD_BYTES_MAX = 1_048_576;

export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { host = '127.0.0.1', port: targetPort } = options.target;
  const random = options.random ?? Math.random;
  const pairs = new Set<Pair>();
  let conditions: Conditions = {};
  let heldBack = 0;
  const onHeldBack = () => void heldBack++;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    const far = connect({ host, port: targetPort, allowHalfOpen: true, noDelay: true });
    const pair = new Pair(near, far, { conditions: () => conditions, random, onHeldBack });
    pairs.add(pair);
    pair.whenEnded(() => pairs.delete(pair));
  });
  await listen(server, options.port ?? 0);
  return {
    port: (server.address() as { port: number }).port,
    get connections() {
      return pairs.size;
    },
    get heldBack() {
      return heldBack;
    },
    set: (changed) => {
      conditions = changed;
      for (const pair of pairs) pair.conditionsChanged();
    },
    closeConnections: () => {
      const open = [...pairs];
      for (const pair of open) pair.reset();
      return open.length;
    },
    stop: async () => {
      for (const pair of pairs) pair.reset();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Circumstances {
  conditions(): Conditions;
  random(): number;
  onHeldBack(): void;
}

/** A connection: the side that asked and the side that it is passed on to. */
class Pair {
  private readonly ways: readonly [Way, Way];
  private readonly listeners: (() => void)[] = [];
  private ended = false;

  constructor(
    private readonly near: Socket,
    private readonly far: Socket,
    circumstances: Circumstances,
  ) {
    this.ways = [new Way(near, far, circumstances), new Way(far, near, circumstances)];
    for (const socket of [near, far]) {
      // What went wrong on one side is told to the other by ending it.
      socket.on('error', () => this.reset());
      socket.on('close', () => this.endWhenBothAre());
    }
  }

  whenEnded(listener: () => void): void {
    this.listeners.push(listener);
  }

  conditionsChanged(): void {
    for (const way of this.ways) way.pump();
  }

  reset(): void {
    for (const way of this.ways) way.drop();
    for (const socket of [this.near, this.far]) {
      if (!socket.destroyed) socket.resetAndDestroy();
    }
    this.end();
  }

  private endWhenBothAre(): void {
    if (this.near.destroyed && this.far.destroyed) this.end();
  }

  private end(): void {
    if (this.ended) return;
    this.ended = true;
    for (const listener of this.listeners) listener();
  }
}

interface Held {
  /** Null is the end of what the sender had to say. */
  readonly bytes: Buffer | null;
  readonly dueMs: number;
}

/** One direction of a connection: a queue of what has come and is not due yet. */
class Way {
  private readonly queue: Held[] = [];
  private heldBytes = 0;
  private lastDueMs = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    private readonly circumstances: Circumstances,
  ) {
    from.on('data', (bytes: Buffer) => this.take(bytes));
    from.on('end', () => this.hold(null, 0));
    to.on('drain', () => this.pump());
  }

  drop(): void {
    clearTimeout(this.timer);
    this.queue.length = 0;
  }

  /** Passes on what is due, in order. */
  pump(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    while (this.queue.length > 0 && !this.circumstances.conditions().isBlackHole) {
      if (this.to.destroyed) return this.drop();
      if (this.to.writableNeedDrain) return;
      const [next] = this.queue;
      const waitMs = next!.dueMs - performance.now();
      if (waitMs > 0) {
        this.timer = setTimeout(() => this.pump(), waitMs);
        return;
      }
      this.queue.shift();
      if (next!.bytes === null) this.to.end();
      else {
        this.heldBytes -= next!.bytes.length;
        this.to.write(next!.bytes);
        if (this.heldBytes < HELD_BYTES_MAX) this.from.resume();
      }
    }
  }

  private take(bytes: Buffer): void {
    const { sliceBytes = bytes.length, slicePauseMs = 0 } = this.circumstances.conditions();
    for (let at = 0; at < bytes.length; at += sliceBytes) {
      this.hold(bytes.subarray(at, at + sliceBytes), at === 0 ? 0 : slicePauseMs);
    }
    if (this.heldBytes >= HELD_BYTES_MAX) this.from.pause();
  }

  private hold(bytes: Buffer | null, afterLastMs: number): void {
    const { delayMs = 0, jitterMs = 0 } = this.circumstances.conditions();
    const laterMs = Math.max(0, delayMs + jitterMs * (2 * this.circumstances.random() - 1));
    if (laterMs > 0) this.circumstances.onHeldBack();
    this.lastDueMs = Math.max(this.lastDueMs + afterLastMs, performance.now() + laterMs);
    this.queue.push({ bytes, dueMs: this.lastDueMs });
    this.heldBytes += bytes?.length ?? 0;
    if (this.timer === undefined) this.pump();
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1' }, resolve);
  });
}
