import { join } from 'node:path';
import type { Kafka } from 'kafkajs';
import type { LocalServices } from '#local-services';
import { SeededRandom, tokenOf } from '#testing';
import type { StageName } from '../faults/battlefield.js';
import { check, type Answer } from '../faults/check.js';
import { expectedOf } from '../faults/expected-of.js';
import { startServices, startStages, type HubOptions } from '../faults/hub-under-test.js';
import { Ledger } from '../faults/ledger.js';
import { onDatabase, readOut, readTopic, type TopicRecord } from '../faults/read-out.js';
import type { StageProcess } from '../faults/stage-processes.js';
import { Town } from '../faults/town.js';
import { untilStill } from '../faults/until-still.js';
import { Vendors } from '../faults/vendors.js';
import { followRule, type TakenEvent } from './follow-topic.js';

const SCHEMAS = ['normalise', 'test_access', 'publish', 'dashboard'] as const;
const SECRET = 'a secret for the drill only';
const OFFICER = 'drill-officer';
const FOLLOWER = 'drill-follower';
const PUPILS = 40;
const FEED_PAGE = 500;

export interface AuditHead {
  readonly number: number;
  readonly hash: string;
}

/** Where the hub stands, seen from outside. */
export interface Standing {
  readonly epochs: Readonly<Record<string, number>>;
  /** The heads of the audit's chains. */
  readonly audit: { readonly normalise?: AuditHead };
  /** What the subscribers of the huvudmän's topics hold. */
  readonly state: ReadonlyMap<string, string>;
  /** Where the follower of the feed of one huvudman has come. */
  readonly cursor: string;
}

interface FeedEvent {
  readonly source: string;
  readonly subject: string;
  readonly sequence: string;
  readonly data: object;
}

/** A town on services and stages of its own, of which PostgreSQL is put back to an earlier copy. */
export class RestoreDrill {
  private readonly ended: (() => Promise<unknown>)[] = [];
  private services!: LocalServices;
  private kafka!: Kafka;
  private vendors!: Vendors;
  private stages!: Record<StageName, StageProcess>;
  private readonly ledger = new Ledger();
  private readonly now = new Date();
  private readonly town: Town;

  private constructor(private readonly options: HubOptions) {
    const { seed } = options;
    this.town = new Town(new SeededRandom(seed), { seed, pupils: PUPILS, now: this.now });
  }

  static async start(options: HubOptions): Promise<RestoreDrill> {
    const drill = new RestoreDrill(options);
    try {
      await drill.startHub();
      await drill.introduce();
      return drill;
    } catch (error) {
      await drill.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    for (const end of this.ended.splice(0)) await end();
  }

  /** So many events of the vendors, accepted and handled to the end. */
  async push(events: number): Promise<void> {
    for (let event = 0; event < events; event++) this.vendors.send(this.town.nextEvent());
    await this.vendors.drained();
    const moving = await this.untilStill();
    if (moving.length > 0) throw new Error(`The hub does not come to rest: ${moving.join('; ')}`);
  }

  /** @returns what still moves after it has stood still for too long. */
  untilStill(): Promise<string[]> {
    return untilStill(this.kafka, this.services);
  }

  async stopStages(): Promise<void> {
    await Promise.all(Object.values(this.stages).map((stage) => stage.stop()));
  }

  async startStages(): Promise<void> {
    const stages = Object.values(this.stages);
    for (const stage of stages) stage.start();
    await Promise.all(stages.map((stage) => stage.ready()));
  }

  /** As in production while everything runs; only the server stands still while its data are copied, and the stages wait for it. */
  async takeCopy(): Promise<void> {
    const { postgres } = this.services;
    await postgres.stop();
    await postgres.copyData(this.copy);
    await postgres.start();
  }

  /** The server has died; the copy takes the place of its data, and it is started. */
  async restoreCopy(): Promise<void> {
    const { postgres } = this.services;
    await postgres.stop('immediate');
    await postgres.restoreData(this.copy);
    await postgres.start();
  }

  async epochs(): Promise<Record<string, number>> {
    return onDatabase(this.services.postgres.url, async (client) => {
      const epochs: Record<string, number> = {};
      for (const schema of SCHEMAS) {
        const { rows } = await client.query<{ epoch: string }>(`select epoch from ${schema}.epoch`);
        epochs[schema] = Number(rows[0]!.epoch);
      }
      return epochs;
    });
  }

  /** Looks at the hub from outside; somebody is looked up for it, so that the audit has something to tell. */
  async standing(): Promise<Standing> {
    await this.lookSomebodyUp();
    const { cursor } = await this.readFeed();
    const { head } = await this.verify('normalise');
    return {
      epochs: await this.epochs(),
      audit: head && { normalise: head },
      state: followRule(await this.readTopics()),
      cursor,
    };
  }

  /** Whether all that was accepted has come out, once, in order, and as it was said last. */
  async answer(): Promise<Answer> {
    const huvudmen = this.town.huvudmen.map(({ id }) => id);
    return check({
      accepted: this.ledger.accepted,
      poison: [],
      expected: expectedOf(this.town),
      today: this.now.toISOString().slice(0, 10),
      out: await readOut(this.kafka, this.services.postgres.url, huvudmen),
    });
  }

  /** How many events the huvudmän were told in more than one life of the store: under one id, with a newer sequence. */
  async toldAgain(): Promise<number> {
    const lives = new Map<string, Set<string>>();
    for (const { huvudman, id, sequence } of await this.readTopics()) {
      const name = `${huvudman} ${id}`;
      lives.set(name, (lives.get(name) ?? new Set<string>()).add(sequence.split('-')[0]!));
    }
    return [...lives.values()].filter(({ size }) => size > 1).length;
  }

  async verify(
    stage: Exclude<StageName, 'ingest'>,
    noted?: AuditHead,
  ): Promise<{ readonly intact: boolean; readonly isWhole: boolean; readonly head: AuditHead }> {
    const query = noted === undefined ? '' : `?noted=${noted.number}:${noted.hash}`;
    const response = await this.ask(stage, `/v1/audit/verify${query}`, OFFICER);
    return (await response.json()) as Awaited<ReturnType<RestoreDrill['verify']>>;
  }

  async feedStatus(after: string): Promise<number> {
    return (await this.ask('publish', `/v1/feed?after=${after}`, FOLLOWER)).status;
  }

  /** What somebody holds who follows the feed from its oldest event. */
  async stateByFeed(): Promise<Map<string, string>> {
    return followRule((await this.readFeed()).events);
  }

  /** The part of a state that the follower of the feed sees. */
  ofFollower(state: ReadonlyMap<string, string>): Map<string, string> {
    const own = `${this.town.huvudmen[0].id} `;
    return new Map([...state].filter(([name]) => name.startsWith(own)));
  }

  private get copy(): string {
    return join(this.options.directory, 'postgres-copy');
  }

  private async startHub(): Promise<void> {
    const atEnd = (end: () => Promise<unknown>) => this.ended.unshift(end);
    const { services, proxies, kafka } = await startServices(this.options, atEnd);
    Object.assign(this, { services, kafka });
    const around = { services, proxies, kafka, town: this.town, atEnd };
    const { stages } = await startStages(this.options, around);
    this.stages = stages;
  }

  /** The vendors, the school units, and those who read. */
  private async introduce(): Promise<void> {
    const { issuer } = this.services;
    for (const [clientId, scopes] of [
      [OFFICER, ['admin:read']],
      [FOLLOWER, ['feed:read']],
    ] as const) {
      await issuer.registerClient({ clientId, clientSecret: SECRET, scopes: [...scopes] });
    }
    await this.nameFollower();
    this.vendors = new Vendors(this.stages.ingest.url, this.services, this.ledger);
    await this.vendors.register();
    this.ended.unshift(() => this.vendors.stop());
    for (const event of this.town.unitEvents()) this.vendors.send(event);
    await this.vendors.drained();
    await this.untilStill();
  }

  private async nameFollower(): Promise<void> {
    const key = `huvudman/${this.town.huvudmen[0].id}`;
    const { value } = this.town.settings().find((setting) => setting.key === key)!;
    const named = { ...(JSON.parse(value) as object), subscriberClients: [FOLLOWER] };
    const producer = this.kafka.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    const messages = [{ key, value: JSON.stringify(named) }];
    await producer.send({ topic: 'admin.settings', acks: -1, messages });
    await producer.disconnect();
  }

  private async lookSomebodyUp(): Promise<void> {
    const [person] = await onDatabase(this.services.postgres.url, async (client) => {
      const { rows } = await client.query<{ id: string }>('select id from normalise.person limit 1'); // prettier-ignore
      return rows;
    });
    await this.ask('normalise', `/v1/register/persons/${person!.id}`, OFFICER);
  }

  private async readTopics(): Promise<TopicRecord[]> {
    const events: TopicRecord[] = [];
    for (const { id } of this.town.huvudmen) {
      events.push(...(await readTopic(this.kafka, `huvudman.${id}.events`, id)));
    }
    return events;
  }

  /** The whole feed, from its oldest event. */
  private async readFeed(): Promise<{ readonly events: TakenEvent[]; readonly cursor: string }> {
    const huvudman = this.town.huvudmen[0].id;
    const events: TakenEvent[] = [];
    for (let cursor: string | undefined; ;) {
      const from = cursor === undefined ? '' : `&after=${cursor}`;
      const response = await this.ask('publish', `/v1/feed?limit=${FEED_PAGE}${from}`, FOLLOWER);
      const page = (await response.json()) as { events: FeedEvent[]; cursor: string; more: boolean }; // prettier-ignore
      for (const { data, ...event } of page.events)
        events.push({ ...event, huvudman, data: JSON.stringify(data) });
      cursor = page.cursor;
      if (!page.more) return { events, cursor };
    }
  }

  private async ask(stage: StageName, path: string, clientId: string): Promise<Response> {
    const token = await tokenOf(this.services.issuer.url, { clientId, clientSecret: SECRET });
    return fetch(this.stages[stage].url + path, { headers: { authorization: `Bearer ${token}` } });
  }
}
