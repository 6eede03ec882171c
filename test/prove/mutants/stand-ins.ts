/** A faulty stand-in for one exported rule: where the rule is, and by which function of `faulty-rules.ts` it is replaced. */
export interface StandIn {
  readonly name: string;
  /** What of the design it breaks: `§6.2`, `§5 order`. */
  readonly breaks: string;
  /** The file of the rule, from the root, without its ending. */
  readonly file: string;
  readonly rule: string;
}
