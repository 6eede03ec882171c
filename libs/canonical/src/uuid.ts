import { hash } from 'node:crypto';

/** Skolverket derives the ids of units, organisations and test activities in the nil namespace (standards §2.4). */
export const NIL_NAMESPACE = '00000000-0000-0000-0000-000000000000';

/** The namespace of names that are OIDs (RFC 9562 §6.6), in which EGIL clients derive ids (standards §2.10). */
const OID_NAMESPACE = '6ba7b812-9dad-11d1-80b4-00c04fd430c8';

/** The namespace of the ids of Elevnav's own events. */
export const EVENT_NAMESPACE = '6f2f3bb0-5f0e-5c1c-9c8e-6d9b7a3a1e10';

const NAMESPACE_BYTES = 16;
const UUID_HEX_DIGITS = 32;
/** The digit of a UUID that says its variant, by the digit that was there: the first two bits are 10 (RFC 9562 §4.1). */
const VARIANT_DIGITS: Readonly<Record<string, string>> = Object.fromEntries(
  [...'0123456789abcdef'].map((digit, index) => [digit, '89ab'[index % 4]!]),
);

const EVENT_NAMESPACE_BYTES = bytesOf(EVENT_NAMESPACE);

/** UUID version 5 (RFC 9562 §5.5): the same name in the same namespace always gives the same id. */
export function uuidV5(namespace: string, name: string): string {
  return named(bytesOf(namespace), name);
}

function named(namespace: Buffer, name: string): string {
  const nameBytes = Buffer.byteLength(name);
  const bytes = Buffer.allocUnsafe(NAMESPACE_BYTES + nameBytes);
  bytes.set(namespace);
  bytes.write(name, NAMESPACE_BYTES, nameBytes);
  return uuidFromHex(hash('sha1', bytes, 'hex'), 5);
}

function bytesOf(namespace: string): Buffer {
  return Buffer.from(namespace.replaceAll('-', ''), 'hex');
}

/** The first 32 of the given digits, in lower case, as a UUID of the given version. A digest is many times cheaper in hex than in bytes. */
export function uuidFromHex(hex: string, version: 5 | 8): string {
  const variant = VARIANT_DIGITS[hex[16]!]!;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${version}${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, UUID_HEX_DIGITS)}`;
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
  return named(EVENT_NAMESPACE_BYTES, `${cause}|${stage}|${subject}|${ordinal}`);
}
