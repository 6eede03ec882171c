import { Controller, Get, Query } from '@nestjs/common';
import { ValidateIf } from 'class-validator';
import { Problem, PROBLEMS, Scopes, WholeNumber } from '#runtime';
import { Stage } from '../stage.js';
import { IsCauseGroup } from './parked.controller.js';
import type { RetriedCode, RetrySeen } from './retries.js';

/** Of the two one is named; where both are, only an event that is of the group counts. */
export class RetryPreviewQuery {
  @ValidateIf(({ event }: RetryPreviewQuery) => event === undefined)
  @IsCauseGroup()
  causeGroup?: string;

  @WholeNumber({ min: 1, max: Number.MAX_SAFE_INTEGER })
  event?: number;
}

interface RetryPreview {
  readonly events: number;
  readonly codes: readonly RetriedCode[];
}

/** What a retry would try, and how far the last one is: counts alone. It is asked for, and stopped, by a command to the dashboard. */
@Controller('v1/retry')
@Scopes('admin:read')
export class RetryController {
  constructor(private readonly stage: Stage) {}

  @Get()
  async show(): Promise<RetrySeen> {
    const seen = await this.stage.retries.seen();
    if (seen !== undefined) return seen;
    const command = `{"name":"retry","stage":"${this.stage.name}","action":"begin","causeGroup":"…"}`;
    const detail = `Nobody has asked for a retry yet. Give the command ${command} to the dashboard.`;
    throw new Problem(PROBLEMS['not-found'], { detail });
  }

  /** The dry run: what a retry would try if it began now. It changes nothing. */
  @Get('preview')
  async preview(@Query() { causeGroup, event }: RetryPreviewQuery): Promise<RetryPreview> {
    const codes = await this.stage.retries.preview(causeGroup, event);
    return { events: codes.reduce((sum, { events }) => sum + events, 0), codes };
  }
}
