import { Controller, Get, Query } from '@nestjs/common';
import { IsOptional, IsUUID } from 'class-validator';
import { CurrentPrincipal, Scopes, WholeNumber, type Principal } from '#runtime';
import { Stage } from '#stage';
import type { Reader } from './dormant-person.store.js';
import { countPresence } from './presence.store.js';
import { previewRetention, type RetentionPreview } from './preview-retention.js';
import { RetentionPolicies, type RetentionPolicy } from './retention-policies.js';
import { readRuns, type RetentionRun } from './retention-run.store.js';
import { FIRST_ID } from '../register/hub-ids.js';

const PREVIEW_PERSONS_MAX = 20_000;
const RUNS_MAX = 1_000;
const RUNS_DEFAULT = 30;

export class RetentionPreviewQuery {
  /** Persons up to this id were looked at before: the `lookedTo` of the answer before. */
  @IsOptional()
  @IsUUID()
  after: string = FIRST_ID;
}

export class RetentionRunsQuery {
  @WholeNumber({ min: 1, max: RUNS_MAX })
  limit: number = RUNS_DEFAULT;
}

interface PreviewAnswer extends RetentionPreview {
  readonly mode: 'paused' | 'dry-run' | 'erase';
  /** The hub's own, for whoever is known to no huvudman of it. */
  readonly dormantDays: number;
  readonly presenceDays: number;
  /** Reports of presence that the next run would delete, the whole hub over. */
  readonly presence: number;
  readonly policies: readonly RetentionPolicy[];
}

/** What the retention would do now, and what it has done, for administrators of the hub. */
@Controller('v1/retention')
@Scopes('admin:read')
export class RetentionController {
  constructor(
    private readonly stage: Stage,
    private readonly policies: RetentionPolicies,
  ) {}

  /** Whom the next run would erase if it were now and erased. */
  @Get('preview')
  async preview(
    @Query() { after }: RetentionPreviewQuery,
    @CurrentPrincipal() actor: Principal,
  ): Promise<PreviewAnswer> {
    const rules = this.policies.at(this.stage.clock.now());
    const read: Reader = (statement, parameters) => this.stage.read(statement, parameters);
    const preview = await previewRetention(read, {
      rules,
      dormantBefore: this.policies.dormantBefore(rules),
      after: after.toLowerCase(),
      personsMax: PREVIEW_PERSONS_MAX,
    });
    await this.tellOfRead(actor, 'retention/preview');
    const { mode, dormantDays, presenceDays } = this.policies.setting;
    const policies = this.policies.inForce(rules);
    const presence = await countPresence(read, this.policies.presence(rules));
    return { mode, dormantDays, presenceDays, policies, ...preview, presence };
  }

  /** The log of past runs, the newest first. */
  @Get('runs')
  async runs(
    @Query() { limit }: RetentionRunsQuery,
    @CurrentPrincipal() actor: Principal,
  ): Promise<{ readonly runs: readonly RetentionRun[] }> {
    const runs = await readRuns(this.stage, limit);
    await this.tellOfRead(actor, 'retention/runs');
    return { runs };
  }

  private tellOfRead(actor: Principal, about: string): Promise<void> {
    return this.stage.audit.write({ actor, action: 'retention.read', about, outcome: 'done' });
  }
}
