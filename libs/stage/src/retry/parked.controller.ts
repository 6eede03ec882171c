import { Controller, Get, Query, applyDecorators } from '@nestjs/common';
import { IsOptional, IsString, Length } from 'class-validator';
import { CurrentPrincipal, Scopes, WholeNumber, type Principal } from '#runtime';
import { Stage } from '../stage.js';

const GROUPS_MAX = 200;
const EVENTS_MAX = 500;
const EVENTS_DEFAULT = 100;

/** As long as a command may name it. */
export const IsCauseGroup = (): PropertyDecorator => applyDecorators(IsString(), Length(1, 500));

export class ParkedGroupsQuery {
  @IsOptional()
  @IsCauseGroup()
  causeGroup?: string;
}

export class ParkedEventsQuery {
  @IsCauseGroup()
  causeGroup: string;

  /** Events up to this id were shown before. */
  @WholeNumber({ min: 0, max: Number.MAX_SAFE_INTEGER })
  after: number = 0;

  @WholeNumber({ min: 1, max: EVENTS_MAX })
  limit: number = EVENTS_DEFAULT;
}

interface ParkedGroup {
  readonly code: string;
  readonly causeGroup: string;
  readonly events: number;
  readonly oldest: Date;
  readonly newest: Date;
  /** When the first of them is tried again by itself; null: by a human, or by what heals it. */
  readonly nextTry: Date | null;
}

interface ParkedEventView {
  readonly id: number;
  readonly code: string;
  /** The source event in the end behind it: `<source> <id>`. */
  readonly cause: string;
  readonly type: string | null;
  readonly at: Date;
  readonly attempts: number;
  readonly nextTry: Date | null;
  /** Whether an older event of its object is parked: that one is tried first. */
  readonly waits: boolean;
}

/** What lies in the stage's parking lot, for administrators of the hub: ids and counts, nothing of what the events say. */
@Controller('v1/parked')
@Scopes('admin:read')
export class ParkedController {
  constructor(private readonly stage: Stage) {}

  /** By code and cause group, the largest first. */
  @Get()
  async groups(
    @Query() { causeGroup }: ParkedGroupsQuery,
  ): Promise<{ readonly groups: readonly ParkedGroup[] }> {
    const { groups } = this.stage.retries.statements;
    return { groups: await this.stage.read<ParkedGroup>(groups, [causeGroup ?? null, GROUPS_MAX]) };
  }

  /** The events of one cause group, oldest first. Reading them is told of. */
  @Get('events')
  async events(
    @Query() { causeGroup, after, limit }: ParkedEventsQuery,
    @CurrentPrincipal() actor: Principal,
  ): Promise<{ readonly events: readonly ParkedEventView[] }> {
    const asked = [causeGroup, after, limit];
    const events = await this.stage.read<ParkedEventView>(this.stage.retries.statements.events, asked); // prettier-ignore
    const about = `parked/${this.stage.name}`;
    await this.stage.audit.write({ actor, action: 'parked.read', about, outcome: 'done' });
    return { events };
  }
}
