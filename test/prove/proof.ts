import type { Shutdown } from '#runtime';

/** What every proof is given: see `npm run prove -- --list`. */
export interface ProofOptions {
  /** The first seed. */
  readonly seed: number;
  /** How many seeds, or whatever else the proof counts; undefined when nobody said. */
  readonly count: number | undefined;
  readonly persons: number | undefined;
  /** Of what a proof does in memory, how much it is to do on real services too. */
  readonly real: number | undefined;
  /** The repository. */
  readonly root: string;
  /** Tells a person who waits how it goes. */
  readonly say: (text: string) => void;
  /** Stops what the proof adds to it when the process is killed. What it starts in no process of its own needs no such thing. */
  readonly shutdown: Shutdown;
}

export interface ProofOutcome {
  /** Whether every count was right; a timing never makes a proof fail. */
  readonly isRight: boolean;
  /** The one JSON object that `--json` prints. */
  readonly result: object;
}

export interface Proof {
  readonly name: string;
  readonly says: string;
  run(options: ProofOptions): Promise<ProofOutcome>;
}
