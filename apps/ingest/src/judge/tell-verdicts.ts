import { Problem, type ProblemKind, type ProblemMember } from '#runtime';
import { INGEST_PROBLEMS, REFUSALS } from '../ingest-problems.js';
import type { Refusal, Verdict } from './judge-event.js';

/** The verdict on one event, as the caller reads it. */
export interface ToldVerdict {
  readonly id?: string;
  readonly verdict: 'accepted' | 'refused';
  /** Of an accepted event: pointers to what of its data is not kept; absent when all of it is. Never a value, nor a name of the sender's own. */
  readonly redacted?: readonly string[];
  /** Of an event that was asked about before it is sent: it would be stored, and parked then for its `issues`. */
  readonly then?: 'parked';
  /** Of a refused event: a code of the closed list `REFUSALS`, and places in the event with what is expected there. */
  readonly code?: string;
  readonly issues?: readonly { readonly pointer: string; readonly says: string }[];
}

export interface Answer {
  readonly accepted: number;
  readonly refused: number;
  /** In the order of the request. */
  readonly events: readonly ToldVerdict[];
}

const ISSUES_TOLD_MAX = 20;

/** The answer to a request of which at least one event was accepted, or that held none. */
export function tellVerdicts(verdicts: readonly Verdict[]): Answer {
  const events = verdicts.map(tellVerdict);
  const accepted = verdicts.reduce((sum, { verdict }) => sum + (verdict === 'accepted' ? 1 : 0), 0);
  return { accepted, refused: verdicts.length - accepted, events };
}

export function tellVerdict(verdict: Verdict): ToldVerdict {
  if (verdict.verdict === 'accepted') {
    const { id, foreseen, redacted } = verdict;
    const told = {
      id,
      verdict: 'accepted' as const,
      ...(redacted.length > 0 && { redacted: redacted.map((path) => `/data${path}`) }),
    };
    if (foreseen === undefined) return told;
    return {
      ...told,
      then: 'parked',
      code: 'bad-data',
      issues: foreseen.slice(0, ISSUES_TOLD_MAX),
    };
  }
  const { id, code } = verdict;
  const issues = verdict.issues.slice(0, ISSUES_TOLD_MAX);
  return { ...(id !== undefined && { id }), verdict: 'refused', code, issues };
}

/** A refused event and where it stands in the request: a JSON Pointer fragment, and for NDJSON the line from 1. */
export interface PlacedRefusal {
  readonly pointer: string;
  readonly line?: number;
  readonly refusal: Refusal;
}

/**
 * The problem of a request of which every event was refused: of their own kind if they share one, else `events-refused`.
 *
 * @param told those that are told one by one, at least one, in the order of the request.
 * @param refused how many were refused altogether.
 */
export function problemOfRefusals(told: readonly PlacedRefusal[], refused: number): Problem {
  const [first] = told;
  const shared = told.every(({ refusal }) => refusal.code === first?.refusal.code);
  const kind: ProblemKind =
    first !== undefined && shared
      ? REFUSALS[first.refusal.code]
      : INGEST_PROBLEMS['events-refused'];
  return new Problem(kind, { members: { accepted: 0, refused, errors: told.flatMap(errorsOf) } });
}

/** RFC 9457 §3: places in the request by JSON Pointer. */
function errorsOf({ pointer, line, refusal }: PlacedRefusal): ProblemMember[] {
  return refusal.issues.slice(0, ISSUES_TOLD_MAX).map((issue) => ({
    pointer: pointer + issue.pointer,
    detail: issue.says,
    code: refusal.code,
    ...(refusal.id !== undefined && { id: refusal.id }),
    ...(line !== undefined && { line }),
  }));
}
