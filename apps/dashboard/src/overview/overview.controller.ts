import { Controller, Get, Header, Query, UseGuards } from '@nestjs/common';
import { IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import { isBusy } from '#database';
import { CurrentPrincipalIfAny, PROBLEMS, Problem, Public, type Principal } from '#runtime';
import { OPEN_PAGE_READER, Settings, Stage } from '#stage';
import { TrailStore, type TrailStep } from '../trail/trail.store.js';
import type { Overview } from './describe-overview.js';
import { PageGuard } from './page.guard.js';
import { PAGE_POLICY, renderPage, type TrailSearch } from './render-page.js';
import { StageWatch } from './watch-stages.js';

const ID_LENGTH_MAX = 400;
/** Ten or twelve digits with at most one sign between: nobody is looked for by a civic number, which would end in an address. */
const CIVIC_NUMBER = /^\s*\d{6}(\d{2})?[-+ ]?\d{4}\s*$/;

/** The hub's id of a person or a thing. */
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export class PageQuery {
  @IsOptional()
  @IsString()
  @MaxLength(ID_LENGTH_MAX)
  id?: string;
}

export class TrailQuery {
  @IsString()
  @IsNotEmpty()
  @MaxLength(ID_LENGTH_MAX)
  id: string;
}

/** The page, and what is on it as JSON. Public to the guard of scopes, since PageGuard asks for what they need. */
@Controller()
@Public()
@UseGuards(PageGuard)
export class OverviewController {
  constructor(
    private readonly watch: StageWatch,
    private readonly trail: TrailStore,
    private readonly settings: Settings,
    private readonly stage: Stage,
  ) {}

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', PAGE_POLICY)
  @Header('referrer-policy', 'no-referrer')
  async page(
    @Query() { id }: PageQuery,
    @CurrentPrincipalIfAny() reader?: Principal,
  ): Promise<string> {
    const [overview, search] = await unlessBusy(() =>
      Promise.all([this.watch.overview(), id?.trim() ? this.search(id.trim(), reader) : undefined]),
    );
    const nameOf = (huvudman: string) => this.settings.huvudman(huvudman)?.displayName;
    return renderPage(overview, { search, nameOf });
  }

  @Get('v1/overview')
  overview(): Promise<Overview> {
    return unlessBusy(() => this.watch.overview());
  }

  /** The way of one event or one person through the stages, oldest first. */
  @Get('v1/trail')
  async steps(
    @Query() { id }: TrailQuery,
    @CurrentPrincipalIfAny() reader?: Principal,
  ): Promise<{ steps: readonly TrailStep[] }> {
    if (CIVIC_NUMBER.test(id)) throw new Problem(PROBLEMS['bad-request'], { detail: NO_NUMBERS });
    return { steps: await unlessBusy(() => this.find(id.trim(), reader)) };
  }

  private async search(id: string, reader: Principal | undefined): Promise<TrailSearch> {
    if (CIVIC_NUMBER.test(id)) return { id: '', steps: undefined, says: INGA_NUMMER };
    return { id, steps: await this.find(id, reader) };
  }

  private async find(id: string, reader: Principal | undefined): Promise<readonly TrailStep[]> {
    const steps = await this.trail.find(id);
    await this.stage.audit.write({
      actor: reader ?? OPEN_PAGE_READER,
      action: 'trail.read',
      // What is no id may be anything that somebody has typed, a name too.
      about: ID.test(id) ? id : this.stage.audit.digestOf(id),
      outcome: steps.length > 0 ? 'done' : 'not-found',
    });
    return steps;
  }
}

const NO_NUMBERS =
  'Ask by the id of an event or the hub’s id of a person, never by a civic number.';
const INGA_NUMMER =
  'Sök aldrig på personnummer. Använd händelsens id eller personens id i Elevnav.';

async function unlessBusy<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isBusy(error)) throw error;
    throw new Problem(PROBLEMS.unavailable, { retryAfterSeconds: 2, cause: error });
  }
}
