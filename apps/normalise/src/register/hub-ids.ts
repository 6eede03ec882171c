import { uuidFromHex } from '#canonical';
import type { RegisterKeys } from './register-keys.js';
import type { ObjectKind } from './records.js';

/** Before all ids: where a look through a table in the order of its ids begins. */
export const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** The hub's id of an object that one source owns: the same for ever, and not to be computed outside the hub. */
export function objectId(
  keys: Pick<RegisterKeys, 'digest'>,
  kind: ObjectKind | 'organisation',
  source: string,
  localId: string,
): string {
  return uuidFromHex(keys.digest('object-id', `${kind}\n${source}\n${localId}`), 8);
}

/**
 * What a new person may be named by, the best first. A number that finds the person everywhere comes to the same whichever huvudman
 * sends the pupil first; without one it is the source's own record; the event names whoever comes after an erased or another person.
 */
export function personNames(of: {
  readonly source: string;
  readonly localId: string;
  readonly cause: string;
  readonly numberDigest: string | null;
}): { readonly byNumber: string | null; readonly byClaim: string; readonly byEvent: string } {
  const { source, localId, cause, numberDigest } = of;
  return {
    byNumber: numberDigest === null ? null : `number\n${numberDigest}`,
    byClaim: `claim\n${source}\n${localId}`,
    byEvent: `event\n${cause}\n${localId}`,
  };
}

/** The hub's id of a person of that name. */
export function personId(keys: Pick<RegisterKeys, 'digest'>, name: string): string {
  return uuidFromHex(keys.digest('person-id', name), 8);
}

/** Half of a digest: enough to find, too little to be the digest itself. */
export const REFERENCE_DIGITS = 32;

/** The reference by which parked events wait for a person; it does not show the local id. */
export function personReference(
  keys: Pick<RegisterKeys, 'digest'>,
  huvudman: string,
  localId: string,
): string {
  const digest = keys.digest('reference', `person\n${huvudman}\n${localId}`);
  return `person/${digest.slice(0, REFERENCE_DIGITS)}`;
}

/** The reference by which test reports wait for an EPPN, and a second claimant for its release. */
export function eppnReference(digest: string): string {
  return `eppn/${digest.slice(0, REFERENCE_DIGITS)}`;
}

export function unitReference(id: string): string {
  return `unit/${id}`;
}

/** The reference by which activities wait for their groups and duties. */
export function objectReference(kind: 'group' | 'duty', id: string): string {
  return `${kind}/${id}`;
}

/** EPPNs compare without regard to case: `uid@scope` is a mail-like name (standards §2.8). */
export function eppnDigest(keys: Pick<RegisterKeys, 'digest'>, eppn: string): string {
  return keys.digest('eppn', eppn.toLowerCase());
}

export function numberDigest(keys: Pick<RegisterKeys, 'digest'>, number: string): string {
  return keys.digest('civic-number', number);
}
