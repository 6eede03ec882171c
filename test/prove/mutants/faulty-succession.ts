import type { partsOf, yieldToOwner } from '../../../apps/normalise/src/succession/carry-over.js';
import type { mayAssert } from '../../../apps/normalise/src/succession/unit-owners.js';
import type { rememberEppns } from '../../../apps/test-access/src/rules/resolve-eppns.js';
import { faulty, type FaultyRule } from './stand-in.js';

const SUCCESSION = 'apps/normalise/src/succession';

/** A school unit that goes to another owner with all its pupils (decision 13). */
export const FAULTY_SUCCESSION: readonly FaultyRule[] = [
  faulty<typeof partsOf>('a school that changes owner leaves its pupils behind', {
    breaks: '§5 succession',
    file: `${SUCCESSION}/carry-over`,
    rule: 'partsOf',
    make: () => (thing) => [thing],
  }),
  faulty<typeof yieldToOwner>('what was taken over stands beside the new owner’s own word', {
    breaks: '§5 succession',
    file: `${SUCCESSION}/carry-over`,
    rule: 'yieldToOwner',
    make: () => (things) => things,
  }),
  faulty<typeof mayAssert>('a former owner goes on enrolling', {
    breaks: '§5 units',
    file: `${SUCCESSION}/unit-owners`,
    rule: 'mayAssert',
    make: () => (owners, organisationNumber) =>
      owners.some((owner) => owner.organisationNumber === organisationNumber),
  }),
  faulty<typeof rememberEppns>('a former owner’s EPPN opens every unit of the new one', {
    breaks: '§6.1',
    file: 'apps/test-access/src/rules/resolve-eppns',
    rule: 'rememberEppns',
    make: (real) => (facts, eppns, given) => {
      const inUse = given.entries.flatMap(({ huvudman, eppn }) =>
        eppn === null ? [] : [[`pupil/${huvudman}`, eppn] as const],
      );
      return { ...Object.fromEntries(inUse), ...real(facts, eppns, given) };
    },
  }),
];
