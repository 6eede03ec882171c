import { Controller, Get } from '@nestjs/common';
import { PROBLEMS, Problem, Scopes } from '#runtime';
import { Stage } from '../stage.js';
import { ReplayTable, type ReplaySeen } from './replay-table.js';

/** How far the stage's replay has come: counts alone. It is asked for, and stopped, by a command to the dashboard. */
@Controller('v1/replay')
export class ReplayController {
  constructor(
    private readonly stage: Stage,
    private readonly table: ReplayTable,
  ) {}

  @Get()
  @Scopes('admin:read')
  async show(): Promise<ReplaySeen> {
    const seen = await this.table.read(this.stage);
    if (seen !== undefined) return seen;
    const detail = `Nobody has asked for a replay yet. Give the command ${this.table.command} to the dashboard.`;
    throw new Problem(PROBLEMS['not-found'], { detail });
  }
}
