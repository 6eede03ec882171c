/** One kind of RFC 9457 problem: everything that all its occurrences share. */
export interface ProblemKind<Code extends string = string> {
  readonly code: Code;
  /** `urn:elevnav:problem:<code>`, the `type` member. */
  readonly type: string;
  readonly status: number;
  readonly title: string;
  /** One sentence: what the caller does about it. An occurrence may say it more exactly. */
  readonly detail: string;
}

export type ProblemWording = Pick<ProblemKind, 'status' | 'title' | 'detail'>;
export type ProblemTable<Codes extends string> = { readonly [Code in Codes]: ProblemKind<Code> };

const known = new Map<string, ProblemKind>();

/**
 * A stage lists its own problems once, in one table, beside those of `PROBLEMS`:
 * `const INGEST_PROBLEMS = defineProblems({ 'source-not-yours': { status: 403, title: …, detail: … } })`.
 *
 * @throws Error when a code is not kebab-case, has no error status, or already means something else.
 */
export function defineProblems<const Codes extends string>(
  wordings: Record<Codes, ProblemWording>,
): ProblemTable<Codes> {
  const kinds = Object.entries<ProblemWording>(wordings).map(([code, wording]) => {
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(code)) {
      throw new Error(`The problem code "${code}" is not in kebab-case.`);
    }
    if (wording.status < 400 || wording.status > 599) {
      throw new Error(`The problem "${code}" has status ${wording.status}, which is no error.`);
    }
    const kind = { ...wording, code, type: `urn:elevnav:problem:${code}` };
    const other = known.get(code);
    if (other !== undefined && other.title !== kind.title) {
      throw new Error(`The problem code "${code}" is taken: "${other.title}".`);
    }
    known.set(code, kind);
    return [code, kind] as const;
  });
  return Object.fromEntries(kinds) as unknown as ProblemTable<Codes>;
}

/** Every kind that this process can answer with, by code, for the generated documents. */
export function listProblemKinds(): readonly ProblemKind[] {
  return [...known.values()].sort((left, right) => (left.code < right.code ? -1 : 1));
}
