import { Controller, Get, Query } from '@nestjs/common';
import { IsOptional, Matches } from 'class-validator';
import { isBusy } from '#database';
import { CurrentPrincipal, Problem, PROBLEMS, Scopes, WholeNumber, type Principal } from '#runtime';
import { Stage } from '../stage.js';
import { instantOf, type AuditRow } from './audit-chain.js';
import type { AuditVerdict } from './audit-log.js';

const VERIFY_ENTRIES_MAX = 1_000_000;
const READ_ENTRIES_MAX = 1_000;
const READ_ENTRIES_DEFAULT = 100;

/** Ids, keys of settings and digests; an EPPN or a civic number does not fit, so neither ends in an address. */
const ABOUT = /^(?!\d{6,8}[-+]?\d{4}$)[A-Za-z0-9/_:.-]{1,200}$/;

export class AuditVerifyQuery {
  /** Entries up to this number were looked at before. */
  @WholeNumber({ min: 0, max: Number.MAX_SAFE_INTEGER })
  after: number = 0;

  @WholeNumber({ min: 1, max: VERIFY_ENTRIES_MAX })
  limit: number = VERIFY_ENTRIES_MAX;

  /** The `head` of an earlier answer, `<number>:<hash>`: it must still be in the chain. */
  @IsOptional()
  @Matches(/^[1-9]\d{0,14}:[0-9a-f]{64}$/)
  noted?: string;
}

export class AuditReadQuery {
  @Matches(ABOUT)
  about: string;

  @WholeNumber({ min: 1, max: READ_ENTRIES_MAX })
  limit: number = READ_ENTRIES_DEFAULT;

  /** Entries before this number: the last of the answer before. */
  @WholeNumber({ min: 1, max: Number.MAX_SAFE_INTEGER })
  before: number = Number.MAX_SAFE_INTEGER;
}

/** An entry as it is shown. */
export type AuditView = Omit<AuditRow, 'atMicros' | 'hash'> & { readonly at: string };

/** Who read or changed what about whom in this stage, for administrators of the hub. */
@Controller('v1/audit')
@Scopes('admin:read')
export class AuditController {
  constructor(private readonly stage: Stage) {}

  /** Whether the chain is as it was written, or at which entry it breaks; `isWhole` false: ask again with `after=verifiedTo`. */
  @Get('verify')
  verify(@Query() { after, limit, noted }: AuditVerifyQuery): Promise<AuditVerdict> {
    const [number = '', hash = ''] = noted?.split(':') ?? [];
    return unlessBusy(() =>
      this.stage.audit.verify({
        after,
        limit,
        ...(noted && { noted: { number: Number(number), hash } }),
      }),
    );
  }

  /** The entries about one person or thing, newest first. Reading them is told of too. */
  @Get()
  async read(
    @Query() { about, limit, before }: AuditReadQuery,
    @CurrentPrincipal() actor: Principal,
  ): Promise<{ readonly entries: readonly AuditView[] }> {
    return unlessBusy(async () => {
      const rows = await this.stage.audit.readAbout(about, { before, limit });
      await this.stage.audit.write({ actor, action: 'audit.read', about, outcome: 'done' });
      return { entries: rows.map(viewOf) };
    });
  }
}

function viewOf(row: AuditRow): AuditView {
  const { number, client, subject, role, huvudman, acr, action, about, outcome, detail } = row;
  const at = instantOf(row).toISOString();
  return { number, at, client, subject, role, huvudman, acr, action, about, outcome, detail };
}

async function unlessBusy<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isBusy(error)) throw error;
    throw new Problem(PROBLEMS.unavailable, { retryAfterSeconds: 2, cause: error });
  }
}
