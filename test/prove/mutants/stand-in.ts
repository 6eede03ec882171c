/** A faulty stand-in for one exported rule. */
export interface StandIn {
  readonly name: string;
  /** What of the design it breaks: `§6.2`, `§5 order`. */
  readonly breaks: string;
  /** The file of the rule, from the root, without its ending. */
  readonly file: string;
  /** The export that is replaced. */
  readonly rule: string;
}

/** A stand-in with what makes it: given the real rule, the faulty one. */
export interface FaultyRule extends StandIn {
  readonly make: (real: never) => unknown;
}

/** Names a stand-in, and checks that it has the shape of the rule that it stands in for. */
export function faulty<Rule>(
  name: string,
  of: Omit<StandIn, 'name'> & { readonly make: (real: Rule) => Rule },
): FaultyRule {
  return { name, ...of };
}
