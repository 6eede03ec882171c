import type { Clock, Scope } from '#runtime';
import type { Credentials } from '../door/credentials.js';
import type { HubClient, ToldEvent } from '../door/hub-client.js';
import type { Town, TownHuvudman, TownUnit } from '../invent/town.js';
import type { Saying, SourceEvent } from '../systems/source-event.js';
import { OPERATOR_CLIENT, settingsOf, subscriberOf, vendorOf } from '../systems/sources.js';

/** Everybody whom the sandbox plays, by client id, with what the client may do. */
export function castOf(town: Town): Record<string, readonly Scope[]> {
  const cast: Record<string, readonly Scope[]> = {
    [OPERATOR_CLIENT]: ['settings:write', 'admin:read', 'admin:command', 'access:ask'],
  };
  for (const setting of settingsOf(town)) {
    if (setting.kind === 'source') cast[vendorOf(setting.id)] = ['events:write'];
  }
  for (const huvudman of town.huvudmen) cast[subscriberOf(huvudman)] = ['feed:read'];
  return cast;
}

/** The school systems of a town: what they say goes through the hub's doors, each source by its own credential. */
export class SchoolSystems {
  pushed = 0;

  constructor(
    readonly town: Town,
    readonly hub: HubClient,
    readonly credentials: Credentials,
    private readonly clock: Clock,
  ) {}

  huvudman(id: string): TownHuvudman {
    return this.town.huvudmen.find((huvudman) => huvudman.id === id)!;
  }

  unit(code: string): TownUnit {
    return this.town.units.find((unit) => unit.code === code)!;
  }

  /** A time at which a system may say something: now, and always later than anything said before. */
  nextInstant(): Date {
    this.town.lastSaidMs = Math.max(this.clock.now().getTime(), this.town.lastSaidMs + 1);
    return new Date(this.town.lastSaidMs);
  }

  /** @returns how many settings there are. */
  async writeSettings(): Promise<number> {
    const settings = settingsOf(this.town);
    await this.hub.putSettings(OPERATOR_CLIENT, settings);
    return settings.length;
  }

  /** Pushes what was said, the sources at the same time, each in its own order. */
  async push(sayings: readonly Saying[]): Promise<void> {
    const bySource = new Map<string, SourceEvent[]>();
    for (const { source, event } of sayings) {
      const events = bySource.get(source);
      if (events) events.push(event);
      else bySource.set(source, [event]);
    }
    await Promise.all(
      [...bySource].map(async ([source, events]) => {
        await this.hub.push(vendorOf(source), events);
        this.pushed += events.length;
      }),
    );
  }

  /** Follows the feed of a huvudman from its beginning, or from where this reader stopped. */
  reader({ id }: Pick<TownHuvudman, 'id'>): FeedReader {
    return new FeedReader(this.hub, subscriberOf(this.huvudman(id)));
  }
}

/** A subscriber that remembers its cursor. */
export class FeedReader {
  private cursor: string | undefined;

  constructor(
    private readonly hub: HubClient,
    private readonly clientId: string,
  ) {}

  /** What has come since the last time; waits up to `waitSeconds` when there is nothing. */
  async news(waitSeconds = 0): Promise<ToldEvent[]> {
    const events: ToldEvent[] = [];
    for (;;) {
      const page = await this.hub.readFeed(this.clientId, {
        after: this.cursor,
        waitSeconds: events.length === 0 ? waitSeconds : 0,
      });
      this.cursor = page.cursor;
      events.push(...page.events);
      if (!page.more) return events;
    }
  }
}
