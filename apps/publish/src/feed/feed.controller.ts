import { Controller, Get, Header, Query } from '@nestjs/common';
import { IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { isBusy } from '#database';
import { CurrentPrincipal, Problem, PROBLEMS, Scopes, WholeNumber, type Principal } from '#runtime';
import { Settings, Stage } from '#stage';
import {
  FEED_START,
  decodeCursor,
  encodeCursor,
  isSamePlace,
  type FeedPlace,
} from './feed-cursor.js';
import { FEED_PROBLEMS } from './feed-problems.js';
import { FeedWatch } from './feed-watch.js';
import { FeedStore, type FeedRow } from './feed.store.js';

const LIMIT_MAX = 1_000;
const LIMIT_DEFAULT = 200;
const WAIT_SECONDS_MAX = 30;

export class FeedQuery {
  /** The `cursor` of the last answer; without it the feed begins at its oldest event. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  after?: string;

  @WholeNumber({ min: 1, max: LIMIT_MAX })
  limit: number = LIMIT_DEFAULT;

  /** Seconds to wait for news when there is none. */
  @WholeNumber({ min: 0, max: WAIT_SECONDS_MAX })
  wait: number = 0;

  @IsOptional()
  @Matches(/^[a-z0-9]{8,32}$/)
  huvudman?: string;
}

interface FeedPage {
  /** Where it begins: behind this place. */
  readonly after: FeedPlace;
  readonly rows: readonly FeedRow[];
  readonly more: boolean;
}

/** What the huvudman's topic says, in the same order, for readers without Kafka. */
@Controller('v1/feed')
@Scopes('feed:read')
export class FeedController {
  constructor(
    private readonly settings: Settings,
    private readonly feed: FeedStore,
    private readonly watch: FeedWatch,
    private readonly stage: Stage,
  ) {}

  /**
   * `{ "events": […], "cursor": "…", "more": … }`: CloudEvents in structured mode, in order. Send `cursor` as `after` next time,
   * at once when `more` is true. The same event may come again after a failure of the hub: drop what is not newer than the last
   * `sequence` of its `source` and `subject`.
   */
  @Get()
  @Header('content-type', 'application/json; charset=utf-8')
  async read(@Query() query: FeedQuery, @CurrentPrincipal() principal: Principal): Promise<string> {
    const huvudman = this.feedOf(principal, query.huvudman);
    try {
      const page = await this.page(huvudman, query);
      await this.tellOfRead(huvudman, page, principal);
      return answer(huvudman, page);
    } catch (error) {
      if (!isBusy(error)) throw error;
      throw new Problem(PROBLEMS.unavailable, { retryAfterSeconds: 1, cause: error });
    }
  }

  private async page(huvudman: string, query: FeedQuery): Promise<FeedPage> {
    const after = await this.startOf(huvudman, query.after);
    let rows = await this.feed.read(huvudman, after, query.limit + 1);
    if (rows.length === 0 && query.wait > 0) {
      if (!this.watch.hasRoom) {
        const detail = 'Too many readers wait for news; ask again without wait.';
        throw new Problem(PROBLEMS['too-many-requests'], { detail });
      }
      await this.watch.news(huvudman, after, query.wait * 1_000);
      rows = await this.feed.read(huvudman, after, query.limit + 1);
    }
    return { after, rows: rows.slice(0, query.limit), more: rows.length > query.limit };
  }

  /** One entry for a page, by the places in the feed that its cursors name; whoever waited for news in vain has read nothing. */
  private async tellOfRead(
    huvudman: string,
    { after, rows }: FeedPage,
    actor: Principal,
  ): Promise<void> {
    const last = rows.at(-1);
    if (last === undefined) return;
    await this.stage.audit.write({
      actor,
      action: 'feed.read',
      about: `feed/${huvudman}`,
      outcome: 'done',
      detail: `after ${after.epoch}:${after.position} to ${last.epoch}:${last.position}, count ${rows.length}`,
    });
  }

  /** The one feed that this client may read here; a token that acts for a huvudman opens that one's only. */
  private feedOf({ clientId, huvudman }: Principal, asked: string | undefined): string {
    const served = this.settings
      .huvudmen()
      .filter(({ subscriberClients }) => subscriberClients.includes(clientId))
      .filter(({ id }) => huvudman === undefined || id === huvudman);
    const found = asked === undefined ? served : served.filter(({ id }) => id === asked);
    if (found.length === 0) throw new Problem(FEED_PROBLEMS['not-a-subscriber']);
    if (found.length > 1) throw new Problem(FEED_PROBLEMS['huvudman-needed']);
    return found[0]!.id;
  }

  private async startOf(huvudman: string, cursor: string | undefined): Promise<FeedPlace> {
    const asked = cursor === undefined ? undefined : decodeCursor(huvudman, cursor);
    if (cursor !== undefined && !asked) throw new Problem(FEED_PROBLEMS['cursor-malformed']);
    const { forgotten, isThere } = await this.feed.lookUp(huvudman, asked ?? FEED_START);
    if (!asked) return forgotten;
    // A cursor names the last event that was read, or where the feed begins. One whose event is not there is of a time that a restore
    // has undone, also when the feed has gone on since: its reader may hold what was never told again.
    if (isThere || isSamePlace(asked, forgotten)) return asked;
    throw new Problem(FEED_PROBLEMS['cursor-gone']);
  }
}

/** The events are JSON text already and are not read again to be passed on. */
function answer(huvudman: string, { after, rows, more }: FeedPage): string {
  const cursor = encodeCursor(huvudman, rows.at(-1) ?? after);
  const events = rows.map(({ event }) => event).join(',');
  return `{"events":[${events}],"cursor":${JSON.stringify(cursor)},"more":${more}}`;
}
