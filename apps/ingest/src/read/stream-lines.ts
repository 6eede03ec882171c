/** Stands for a line that was longer than allowed; nothing of it was kept. */
export const LINE_TOO_LONG = Symbol('elevnav:line-too-long');

export interface Line {
  /** From 1, blank lines counted. */
  readonly number: number;
  readonly content: Buffer | typeof LINE_TOO_LONG;
}

export interface LineLimits {
  readonly lineBytesMax: number;
  /** A chunk of lines is handed on when it has this many lines … */
  readonly chunkLinesMax: number;
  /** … or this many bytes. */
  readonly chunkBytesMax: number;
}

const NEWLINE = 0x0a;
const BLANKS: ReadonlySet<number> = new Set([0x20, 0x09, 0x0d]);

/**
 * Cuts a stream into chunks of lines, in order. Reads on only when the next chunk is asked for, and holds one chunk and one unfinished
 * line at most, whatever comes. Blank lines are left out. A chunk also ends where the caller pauses: what has arrived is not held back.
 *
 * @param next gives the stream's next piece; undefined at its end.
 */
export async function* streamLines(
  next: () => Promise<Buffer | undefined>,
  limits: LineLimits,
): AsyncGenerator<readonly Line[], void, void> {
  const cutter = new LineCutter(limits);
  for (;;) {
    const piece = await next();
    const lines = piece === undefined ? cutter.end() : cutter.cut(piece);
    yield* inChunks(lines, limits);
    if (piece === undefined) return;
  }
}

function* inChunks(lines: readonly Line[], limits: LineLimits): Generator<readonly Line[]> {
  let chunk: Line[] = [];
  let bytes = 0;
  for (const line of lines) {
    chunk.push(line);
    bytes += line.content === LINE_TOO_LONG ? 0 : line.content.length;
    if (chunk.length >= limits.chunkLinesMax || bytes >= limits.chunkBytesMax) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
  }
  if (chunk.length > 0) yield chunk;
}

class LineCutter {
  private unfinished: Buffer[] = [];
  private unfinishedBytes = 0;
  private isTooLong = false;
  private number = 0;

  constructor(private readonly limits: LineLimits) {}

  cut(piece: Buffer): Line[] {
    const lines: Line[] = [];
    let from = 0;
    for (;;) {
      const to = piece.indexOf(NEWLINE, from);
      if (to === -1) break;
      this.keep(piece.subarray(from, to));
      this.finish(lines);
      from = to + 1;
    }
    this.keep(piece.subarray(from));
    return lines;
  }

  /** The last line needs no newline. */
  end(): Line[] {
    const lines: Line[] = [];
    if (this.unfinishedBytes > 0 || this.isTooLong) this.finish(lines);
    return lines;
  }

  private keep(part: Buffer): void {
    if (part.length === 0 || this.isTooLong) return;
    if (this.unfinishedBytes + part.length > this.limits.lineBytesMax) {
      this.isTooLong = true;
      this.unfinished = [];
      this.unfinishedBytes = 0;
      return;
    }
    this.unfinished.push(part);
    this.unfinishedBytes += part.length;
  }

  private finish(lines: Line[]): void {
    this.number += 1;
    const { number, isTooLong, unfinished } = this;
    this.unfinished = [];
    this.unfinishedBytes = 0;
    this.isTooLong = false;
    if (isTooLong) {
      lines.push({ number, content: LINE_TOO_LONG });
      return;
    }
    const content = unfinished.length === 1 ? unfinished[0]! : Buffer.concat(unfinished);
    if (!isBlank(content)) lines.push({ number, content });
  }
}

function isBlank(line: Buffer): boolean {
  return line.every((byte) => BLANKS.has(byte));
}
