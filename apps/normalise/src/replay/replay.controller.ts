import { Controller, Get } from '@nestjs/common';
import { Problem, PROBLEMS, Scopes } from '#runtime';
import { Stage } from '#stage';
import { readReplay, type ReplaySeen } from './replay.store.js';

const NEVER_ASKED =
  'Nobody has asked for a replay yet. Give the command {"name":"replay","action":"begin"} to the dashboard.';

/** How far the register has been replayed: counts alone. It is asked for, and stopped, by a command to the dashboard. */
@Controller('v1/replay')
export class ReplayController {
  constructor(private readonly stage: Stage) {}

  @Get()
  @Scopes('admin:read')
  async show(): Promise<ReplaySeen> {
    const seen = await readReplay(this.stage);
    if (seen === undefined) throw new Problem(PROBLEMS['not-found'], { detail: NEVER_ASKED });
    return seen;
  }
}
