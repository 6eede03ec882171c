import { Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { CurrentPrincipal, Scopes, type Principal } from '#runtime';
import { EventDoor } from './event-door.js';
import type { LinesAnswer } from './judge/line-tally.js';
import type { Answer } from './judge/tell-verdicts.js';

/**
 * Where systems push their events: one CloudEvent (binary or structured), a batch, or NDJSON. The body is handed over unread (see
 * `openForEvents`), so nobody without a credential makes the hub hold one.
 */
@Controller('v1/events')
@Scopes('events:write')
export class SourceEventController {
  constructor(@Inject(EventDoor) private readonly door: EventDoor) {}

  /** 202: every event that is told as accepted is stored, and will be published, filtered or parked, with a reason. */
  @Post()
  @HttpCode(202)
  async push(
    @Req() request: FastifyRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Answer | LinesAnswer> {
    return this.door.receive({ ...partsOf(request, principal), purpose: 'store' });
  }

  /** 200: what `push` would answer now, and what would be parked afterwards for its content. Nothing is stored. */
  @Post('check')
  @HttpCode(200)
  async check(
    @Req() request: FastifyRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Answer | LinesAnswer> {
    return this.door.receive({ ...partsOf(request, principal), purpose: 'check' });
  }
}

function partsOf(request: FastifyRequest, { clientId, huvudman }: Principal) {
  const { headers, body } = request;
  return { clientId, actsFor: huvudman, headers, body: body as Readable };
}
