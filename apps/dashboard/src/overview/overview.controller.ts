import { Controller, Get, Header, Query, UseGuards } from '@nestjs/common';
import { IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import { isBusy } from '#database';
import { PROBLEMS, Problem, Public } from '#runtime';
import { Settings } from '#stage';
import { TrailStore, type TrailStep } from '../trail/trail.store.js';
import type { Overview } from './describe-overview.js';
import { PageGuard } from './page.guard.js';
import { PAGE_POLICY, renderPage, type TrailSearch } from './render-page.js';
import { StageWatch } from './watch-stages.js';

const ID_LENGTH_MAX = 400;
/** Ten or twelve digits with at most one sign between: nobody is looked for by a civic number, which would end in an address. */
const CIVIC_NUMBER = /^\s*\d{6}(\d{2})?[-+ ]?\d{4}\s*$/;

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
  ) {}

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', PAGE_POLICY)
  @Header('referrer-policy', 'no-referrer')
  async page(@Query() { id }: PageQuery): Promise<string> {
    const [overview, search] = await unlessBusy(() =>
      Promise.all([this.watch.overview(), id?.trim() ? this.search(id.trim()) : undefined]),
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
  async steps(@Query() { id }: TrailQuery): Promise<{ steps: readonly TrailStep[] }> {
    if (CIVIC_NUMBER.test(id)) throw new Problem(PROBLEMS['bad-request'], { detail: NO_NUMBERS });
    return { steps: await unlessBusy(() => this.trail.find(id.trim())) };
  }

  private async search(id: string): Promise<TrailSearch> {
    if (CIVIC_NUMBER.test(id)) return { id: '', steps: undefined, says: INGA_NUMMER };
    return { id, steps: await this.trail.find(id) };
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
