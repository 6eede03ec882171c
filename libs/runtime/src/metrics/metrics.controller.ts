import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '../authentication/route-access.js';
import { Metrics } from './metrics.js';

@Controller('metrics')
@Public()
export class MetricsController {
  constructor(@Inject(Metrics) private readonly metrics: Metrics) {}

  @Get()
  async scrape(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { contentType, text } = await this.metrics.render();
    void reply.header('content-type', contentType);
    return text;
  }
}
