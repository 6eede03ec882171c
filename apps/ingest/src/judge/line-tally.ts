import { Problem, PROBLEMS } from '#runtime';
import type { Line } from '../read/stream-lines.js';
import type { Verdict } from './judge-event.js';
import { problemOfRefusals, tellVerdict, type PlacedRefusal, type ToldVerdict } from './tell-verdicts.js'; // prettier-ignore

/** The answer to an NDJSON body: totals, and the first refusals one by one. */
export interface LinesAnswer {
  readonly accepted: number;
  readonly refused: number;
  readonly refusals: readonly ToldLine[];
  /** The first lines that would be parked once they are stored; only where it was asked before sending, and there are any. */
  readonly parking?: readonly ToldLine[];
}

type ToldLine = ToldVerdict & { readonly line: number };

/** Counts the lines of one stream that are settled: refused, or stored and acknowledged. */
export class LineTally {
  private accepted = 0;
  private refused = 0;
  private lastLine = 0;
  private readonly parking: ToldLine[] = [];
  private readonly told: { readonly line: number; readonly placed: PlacedRefusal }[] = [];

  /** @param refusalsMax how many refusals are told one by one. */
  constructor(private readonly refusalsMax: number) {}

  /** Lines and their verdicts, in the order of the stream; chunk after chunk. */
  add(lines: readonly Line[], verdicts: readonly Verdict[]): undefined {
    for (const [index, verdict] of verdicts.entries()) {
      const line = lines[index]!.number;
      this.lastLine = line;
      if (verdict.verdict === 'accepted') {
        this.accepted += 1;
        if (verdict.foreseen && this.parking.length < this.refusalsMax) {
          this.parking.push({ line, ...tellVerdict(verdict) });
        }
        continue;
      }
      this.refused += 1;
      if (this.told.length < this.refusalsMax) {
        this.told.push({ line, placed: { pointer: '#', line, refusal: verdict } });
      }
    }
  }

  /** @throws Problem when lines came and none was accepted. */
  answer(): LinesAnswer {
    if (this.accepted === 0 && this.refused > 0) {
      const told = this.told.map(({ placed }) => placed);
      throw problemOfRefusals(told, this.refused);
    }
    const { accepted, refused, parking } = this;
    const answer = { accepted, refused, refusals: this.refusals() };
    return parking.length > 0 ? { ...answer, parking } : answer;
  }

  /**
   * Nothing half-told: the lines before `resumeAtLine` are settled, all stored but the refused ones. Those from there on are to be sent
   * again; should some have been stored all the same, their ids are recognised.
   */
  brokenOff(error: unknown): unknown {
    if (!(error instanceof Problem) && !(error instanceof Error)) return error;
    const problem =
      error instanceof Problem ? error : new Problem(PROBLEMS.internal, { cause: error });
    const { accepted, refused } = this;
    const resumeAtLine = this.lastLine + 1;
    const refusals = this.refusals().map(({ line, id, code }) => ({
      line,
      ...(id !== undefined && { id }),
      code: code ?? null,
    }));
    return new Problem(problem.kind, {
      ...problem.options,
      detail: `${problem.message} Continue at line ${resumeAtLine}.`,
      members: { ...problem.options.members, accepted, refused, resumeAtLine, refusals },
    });
  }

  private refusals(): ToldLine[] {
    return this.told.map(({ line, placed }) => ({ line, ...tellVerdict(placed.refusal) }));
  }
}
