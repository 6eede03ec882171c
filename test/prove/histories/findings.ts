/** What may be wrong after a step, as the proof counts it. */
export type FaultKind = 'gaps' | 'doubleHomes' | 'divergent' | 'resurrections' | 'leaks';

export const FAULT_KINDS: readonly FaultKind[] = ['gaps', 'doubleHomes', 'divergent', 'resurrections', 'leaks']; // prettier-ignore

export interface Fault {
  readonly kind: FaultKind;
  readonly says: string;
}
