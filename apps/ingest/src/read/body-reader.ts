import type { Readable } from 'node:stream';
import { Problem, PROBLEMS } from '#runtime';

export interface BodyLimits {
  readonly bytesMax: number;
  /** The longest wait for the next piece. */
  readonly pauseMsMax: number;
  /** The longest time altogether. Waiting of our own (for Kafka) counts, so that a request ends. */
  readonly wholeMsMax: number;
  /** Ends the reading when the process stops. */
  readonly signal?: AbortSignal;
}

/** What is read and thrown away after a refusal, so that a caller who is still sending gets to see the answer. */
const DISCARDED_BYTES_MAX = 4 * 1024 * 1024;
const DISCARDED_MS_MAX = 1_000;

/**
 * The pieces of a request's body, within limits. The stream is never destroyed here: its socket has to carry the answer.
 * Bodies are read after the credential was checked, so a caller without one makes us hold nothing.
 */
export class BodyReader {
  private readonly pieces: AsyncIterator<Buffer>;
  private readonly startedAt = performance.now();
  private bytesRead = 0;

  constructor(
    stream: Readable,
    private readonly limits: BodyLimits,
  ) {
    this.pieces = (stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>)[
      Symbol.asyncIterator
    ]();
  }

  /**
   * @returns the next piece; undefined at the end.
   * @throws Problem 413, 408, 503 (the process stops) or 400 (the caller broke off).
   */
  async next(): Promise<Buffer | undefined> {
    if (this.limits.signal?.aborted) throw new Problem(PROBLEMS.closing, { retryAfterSeconds: 1 });
    const timeLeftMs = this.limits.wholeMsMax - (performance.now() - this.startedAt);
    const waitMs = Math.min(this.limits.pauseMsMax, timeLeftMs);
    const step = await this.stepWithin(waitMs);
    if (step === 'late') throw new Problem(PROBLEMS['request-timeout']);
    if (step.done === true) return undefined;
    this.bytesRead += step.value.length;
    if (this.bytesRead > this.limits.bytesMax) throw tooLarge(this.limits.bytesMax);
    return step.value;
  }

  /** The whole body. */
  async whole(): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for (;;) {
      const piece = await this.next();
      if (piece === undefined) break;
      pieces.push(piece);
    }
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  }

  /**
   * Reads on for a moment without keeping anything. Never throws.
   *
   * @returns whether the body came to its end; if not, the connection cannot carry another request.
   */
  async discardRest(): Promise<boolean> {
    const until = performance.now() + DISCARDED_MS_MAX;
    let bytesLeft = DISCARDED_BYTES_MAX;
    while (bytesLeft > 0 && performance.now() < until) {
      const step = await this.stepWithin(until - performance.now()).catch(() => 'late' as const);
      if (step === 'late') return false;
      if (step.done === true) return true;
      bytesLeft -= step.value.length;
    }
    return false;
  }

  private async stepWithin(waitMs: number): Promise<IteratorResult<Buffer> | 'late'> {
    if (waitMs <= 0) return 'late';
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), waitMs);
    });
    const step = this.pieces.next();
    // A step that comes after its limit has nobody left to tell.
    step.catch(() => undefined);
    try {
      return await Promise.race([step, late]);
    } catch (cause) {
      throw new Problem(PROBLEMS['bad-request'], {
        detail: 'The body broke off before its end; send the request again.',
        cause,
      });
    } finally {
      clearTimeout(timer);
    }
  }
}

export function tooLarge(bytesMax: number): Problem {
  return new Problem(PROBLEMS['body-too-large'], {
    detail: `A body may have at most ${bytesMax} bytes; send fewer events in each request.`,
    members: { bytesMax },
  });
}
