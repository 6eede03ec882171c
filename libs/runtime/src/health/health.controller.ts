import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '../authentication/route-access.js';
import { HealthRegistry, type HealthKind, type HealthReport } from './health-registry.js';

@Controller('health')
@Public()
export class HealthController {
  constructor(@Inject(HealthRegistry) private readonly registry: HealthRegistry) {}

  /**
   * No answer means: restart this process. No room has a `live` check: whoever finds out that it is broken for good ends the process.
   * One that has such a thing to say without ending answers 503 here.
   */
  @Get('live')
  async live(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthReport> {
    return this.report('live', reply);
  }

  /** 503 means: send this process no work for now. */
  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthReport> {
    return this.report('ready', reply);
  }

  private async report(kind: HealthKind, reply: FastifyReply): Promise<HealthReport> {
    const report = await this.registry.report(kind);
    void reply.code(report.status === 'ok' ? 200 : 503);
    return report;
  }
}
