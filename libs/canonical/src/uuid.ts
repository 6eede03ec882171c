import { hash } from 'node:crypto';

/** Skolverket derives the ids of units, organisations and test activities in the nil namespace (standards §2.4). */
export const NIL_NAMESPACE = '00000000-0000-0000-0000-000000000000';

/** The namespace of names that are OIDs (RFC 9562 §6.6), in which EGIL clients derive ids (standards §2.10). */
const OID_NAMESPACE = '6ba7b812-9dad-11d1-80b4-00c04fd430c8';

/** The namespace of the ids of Elevnav's own events. */
export const EVENT_NAMESPACE = '6f2f3bb0-5f0e-5c1c-9c8e-6d9b7a3a1e10';

const NAMESPACE_BYTES = 16;

/** UUID version 5 (RFC 9562 §5.5): the same name in the same namespace always gives the same id. */
export function uuidV5(namespace: string, name: string): string {
  const nameBytes = Buffer.byteLength(name);
  const bytes = Buffer.allocUnsafe(NAMESPACE_BYTES + nameBytes);
  bytes.write(namespace.replaceAll('-', ''), 0, NAMESPACE_BYTES, 'hex');
  bytes.write(name, NAMESPACE_BYTES, nameBytes);
  return uuidFromBytes(hash('sha1', bytes, 'buffer'), 5);
}

/** Formats the first 16 of the given bytes as a UUID of the given version. Changes `bytes`. */
export function uuidFromBytes(bytes: Buffer, version: 5 | 8): string {
  bytes[6] = (bytes[6]! & 0x0f) | (version << 4);
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The id of a school unit, organisation or test activity by Skolverket's rule (standards §2.4). */
export function nationalId(codeOrName: string): string {
  return uuidV5(NIL_NAMESPACE, codeOrName);
}

/** The id that an EGIL client gives a school unit, another than Skolverket's: systems that were filled by one name units by it. */
export function egilId(code: string): string {
  return uuidV5(OID_NAMESPACE, code);
}

/** An event made again from the same cause has the same id (design §4). */
export function eventId(cause: string, stage: string, subject: string, ordinal: number): string {
  return uuidV5(EVENT_NAMESPACE, `${cause}|${stage}|${subject}|${ordinal}`);
}
