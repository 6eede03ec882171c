import type { ProblemKind } from './problem-kind.js';

export type ProblemMember =
  | string
  | number
  | boolean
  | null
  | readonly ProblemMember[]
  | { readonly [name: string]: ProblemMember };

export interface ProblemOptions {
  /** What the caller does about this occurrence; without it the kind's own sentence. Never personal data. */
  readonly detail?: string;
  /** Further members of the problem document (RFC 9457 §3.2). */
  readonly members?: Readonly<Record<string, ProblemMember>>;
  /** Sent as Retry-After, in whole seconds: for 429 and 503. */
  readonly retryAfterSeconds?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';
/** 503 and 429 always say when to come back. */
const RETRY_AFTER_SECONDS = 5;
const STANDARD_MEMBERS = ['type', 'title', 'status', 'detail', 'instance'];

/** An HTTP error as RFC 9457 problem details: thrown by controllers, answered by `ProblemFilter`. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: string;

  constructor(
    readonly kind: ProblemKind,
    readonly options: ProblemOptions = {},
  ) {
    super(options.detail ?? kind.detail, { cause: options.cause });
    this.code = kind.code;
    const taken = Object.keys(options.members ?? {}).find((name) =>
      STANDARD_MEMBERS.includes(name),
    );
    if (taken !== undefined) throw new Error(`A problem's own member cannot be named "${taken}".`);
  }

  get status(): number {
    return this.kind.status;
  }

  /** @param instance a URI for this occurrence (RFC 9457 §3.1.5). */
  document(instance: string): Readonly<Record<string, ProblemMember>> {
    return {
      type: this.kind.type,
      title: this.kind.title,
      status: this.kind.status,
      detail: this.message,
      instance,
      ...this.options.members,
    };
  }

  /** As bytes: to a string Fastify adds a charset, which the media type does not have (RFC 9457 §6.1). */
  body(instance: string): Buffer {
    return Buffer.from(JSON.stringify(this.document(instance)));
  }

  headers(): Readonly<Record<string, string>> {
    const saysWhen = this.status === 429 || this.status === 503;
    const seconds = this.options.retryAfterSeconds ?? (saysWhen ? RETRY_AFTER_SECONDS : undefined);
    return {
      ...(seconds === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(seconds))) }),
      ...this.options.headers,
    };
  }
}
