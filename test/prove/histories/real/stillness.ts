import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { COMMANDS_TOPIC, sourceTopic } from '#canonical';
import type { KafkaConnection } from '#kafka';
import type { Stage } from '#stage';

const POLL_MS = 4;
const LIMIT_MS = 120_000;

/** Who reads what: the way of an event through the stages. */
const READ: Readonly<Record<string, readonly string[]>> = {
  normalise: [...(['elevregister', 'learning-platform', 'test-platform', 'school-units'] as const).map(sourceTopic), COMMANDS_TOPIC], // prettier-ignore
  test_access: ['canonical.events', 'findings'],
  publish: ['canonical.events', 'access.events'],
};
const TOPICS = [...new Set(Object.values(READ).flat())];
const SCHEMAS = Object.keys(READ);

/** Of each stage: where it stands, and whether anything waits in its outbox, is due in its parking lot was not told of that lot, or follows a unit to its owner. */
const LOOK = SCHEMAS.map(
  (schema) => `
  select '${schema}' as schema,
         (select coalesce(json_object_agg(topic || '/' || partition, next_offset), '{}') from ${schema}.position) as positions,
         exists (select from ${schema}.outbox) as "isSending",
         exists (select from ${schema}.parked p
                  where p.state = 'parked' and p.due <= now()
                    and not exists (select from ${schema}.parked o where o.state = 'parked' and o.key = p.key and o.id < p.id)) as "isTrying",
         exists (select from ${schema}.parked where subject is not null and told <> (state = 'parked')) as "isUntold",
         ${schema === 'normalise' ? "exists (select from normalise.succession where phase <> 'done')" : 'false'} as "isSpreading"`,
).join(' union all ');

interface Look {
  readonly schema: string;
  readonly positions: Readonly<Record<string, number>>;
  readonly isSending: boolean;
  readonly isTrying: boolean;
  readonly isUntold: boolean;
  readonly isSpreading: boolean;
}

/** Waits until nothing is under way in the stages. */
export class Stillness {
  constructor(
    private readonly connection: KafkaConnection,
    private readonly database: pg.Client,
    private readonly normalise: Stage,
  ) {}

  async wait(): Promise<void> {
    const limit = performance.now() + LIMIT_MS;
    let moves: string | undefined;
    while ((moves = await this.whatMoves()) !== undefined) {
      if (performance.now() > limit) throw new Error(`It does not become still: ${moves}.`);
      await pause(POLL_MS);
    }
  }

  /**
   * The stores are looked at first, by one statement, and the ends of the topics then: what a stage had sent by that look lies below
   * those ends, and what it had read by it does not end before them.
   */
  private async whatMoves(): Promise<string | undefined> {
    const { rows } = await this.database.query<Look>(LOOK);
    for (const { schema, isSending, isTrying, isUntold, isSpreading } of rows) {
      if (isTrying) return `${schema} tries parked events again`;
      if (isUntold) {
        // The stage would do so by itself within seconds, which are days here.
        if (schema === 'normalise') await this.normalise.parkedFindings.tell();
        return `${schema} tells of parked events`;
      }
      if (isSpreading) return `${schema} carries over what is at a unit`;
      if (isSending) return `${schema} sends`;
    }
    const ends = await Promise.all(TOPICS.map(async (topic) => ({ topic, offsets: await this.connection.topicOffsets(topic) }))); // prettier-ignore
    for (const { schema, positions } of rows) {
      for (const { topic, offsets } of ends) {
        if (!READ[schema]!.includes(topic)) continue;
        const isBehind = offsets.some(({ partition, high }) => (positions[`${topic}/${partition}`] ?? 0) < high); // prettier-ignore
        if (isBehind) return `${schema} reads ${topic}`;
      }
    }
    return undefined;
  }
}
