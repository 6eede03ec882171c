import { FAULTY_ACCESS, FAULTY_MOVES } from './faulty-access.js';
import { FAULTY_AUDIENCE } from './faulty-audience.js';
import { FAULTY_GROUPING } from './faulty-grouping.js';
import { FAULTY_IDENTITY } from './faulty-identity.js';
import { FAULTY_SUCCESSION } from './faulty-succession.js';
import type { FaultyRule } from './stand-in.js';

/** Every fault that the histories must find; each is one line here and a few in its file. */
export const FAULTY_RULES: readonly FaultyRule[] = [
  ...FAULTY_IDENTITY,
  ...FAULTY_GROUPING,
  ...FAULTY_SUCCESSION,
  ...FAULTY_MOVES,
  ...FAULTY_ACCESS,
  ...FAULTY_AUDIENCE,
];
