import { Controller, Get } from '@nestjs/common';
import { Problem, PROBLEMS, Scopes } from '#runtime';
import { Stage } from '#stage';
import { readAnnouncing, type AnnouncingSeen } from './announcing.store.js';

/** How far the register has been announced again: counts alone. It is asked for, and stopped, by a command to the dashboard. */
@Controller('v1/announcing')
export class AnnouncingController {
  constructor(private readonly stage: Stage) {}

  @Get()
  @Scopes('admin:read')
  async show(): Promise<AnnouncingSeen> {
    const seen = await readAnnouncing(this.stage);
    if (seen === undefined) throw new Problem(PROBLEMS['not-found']);
    return seen;
  }
}
