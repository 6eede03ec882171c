import type { AuditEntry } from './audit-entry.js';

/** An entry as it is stored: its place in the chain, and what it says. */
export interface AuditRow {
  readonly number: number;
  /** Microseconds since 1970, the precision that PostgreSQL keeps: a change of one is found. */
  readonly atMicros: number;
  readonly client: string;
  readonly subject: string;
  readonly role: string | null;
  readonly huvudman: string | null;
  readonly acr: string | null;
  readonly action: string;
  readonly about: string;
  readonly outcome: string;
  readonly detail: string | null;
  /** HMAC over the hash before it and all of the above. */
  readonly hash: Buffer;
}

/** The end of the chain: number and hash of the last entry; 0 and no bytes before the first. */
export interface AuditHead {
  readonly number: number;
  readonly hash: Buffer;
}

export type AuditDigest = (text: string) => Buffer;

const MICROS_PER_MS = 1_000;

/** The rows of new entries, each chained to the one before. */
export function chainEntries(
  head: AuditHead,
  entries: readonly AuditEntry[],
  { at, digest }: { readonly at: Date; readonly digest: AuditDigest },
): AuditRow[] {
  let before = head;
  return entries.map(({ actor, action, about, outcome, detail }) => {
    const says = {
      number: before.number + 1,
      atMicros: at.getTime() * MICROS_PER_MS,
      client: storable(actor.clientId),
      subject: storable(actor.subject),
      role: storableOrNull(actor.role),
      huvudman: storableOrNull(actor.huvudman),
      acr: storableOrNull(actor.acr),
      action,
      about: storable(about),
      outcome,
      detail: storableOrNull(detail),
    };
    const row = { ...says, hash: hashOf(before.hash, says, digest) };
    before = row;
    return row;
  });
}

export function instantOf({ atMicros }: Pick<AuditRow, 'atMicros'>): Date {
  return new Date(atMicros / MICROS_PER_MS);
}

/** What is wrong with a chain, and at which entry. */
export interface AuditBreak {
  readonly number: number;
  /** `missing`: an entry of this number was taken out. `altered`: it, or its place, is not what was written. */
  readonly fault: 'missing' | 'altered';
}

/** Looks through rows in the order of their numbers. @returns the first that does not follow from the one before. */
export function findBreak(
  before: AuditHead,
  rows: readonly AuditRow[],
  digest: AuditDigest,
): AuditBreak | undefined {
  let { number, hash } = before;
  for (const row of rows) {
    number++;
    if (row.number !== number) return { number, fault: 'missing' };
    if (!hashOf(hash, row, digest).equals(row.hash)) return { number, fault: 'altered' };
    ({ hash } = row);
  }
  return undefined;
}

/**
 * As JSON, so that no text can pass for two of the others. A detail stands last and only where there is one: entries of the time before
 * there were any still hold.
 */
function hashOf(before: Buffer, row: Omit<AuditRow, 'hash'>, digest: AuditDigest): Buffer {
  const { number, atMicros, client, subject, role, huvudman, acr, action, about, outcome } = row;
  const says = [number, atMicros, client, subject, role, huvudman, acr, action, about, outcome];
  if (row.detail !== null) says.push(row.detail);
  return digest(`${before.toString('hex')}\n${JSON.stringify(says)}`);
}

function storableOrNull(text: string | undefined): string | null {
  return text === undefined ? null : storable(text);
}

/** As PostgreSQL gives it back: it has no text with a NUL, and half a surrogate pair is none in UTF-8. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '');
}
