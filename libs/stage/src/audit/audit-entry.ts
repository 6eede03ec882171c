import type { Principal } from '#runtime';

/** Who read or changed something, as the token of the request says. */
export type AuditActor = Pick<Principal, 'clientId' | 'subject' | 'role' | 'huvudman' | 'acr'>;

/** What can be done that is told of: `<thing>.<what was done with it>`. */
export const AUDIT_ACTIONS = [
  'access.asked',
  'access.read',
  'audit.read',
  'command.applied',
  'command.given',
  'feed.read',
  'parked.read',
  'question.read',
  'register.read',
  'retention.applied',
  'retention.read',
  'setting.removed',
  'setting.written',
  'trail.read',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** How it ended, in one word. */
export const AUDIT_OUTCOMES = ['done', 'not-found', 'allowed', 'refused'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/** One read or change, told in the transaction that makes it, or before what was read is handed out. */
export interface AuditEntry {
  readonly actor: AuditActor;
  readonly action: AuditAction;
  /** A hub id, the key of a setting, or an HMAC (`AuditLog.digestOf`): never a name, a civic number or an EPPN. */
  readonly about: string;
  readonly outcome: AuditOutcome;
  /** How much of it, where that is not plain: numbers and ids only. */
  readonly detail?: string;
}

/** Who reads a page that its settings have opened to everybody on this machine. */
export const OPEN_PAGE_READER: AuditActor = { clientId: 'open-page', subject: 'open-page' };
