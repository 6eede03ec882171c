import { decodePayload, fromBinaryHeaders } from '#canonical';
import type { NamedStatement, Session } from '#database';
import type { BootedStage } from '#runtime';
import { Stage, type EventBatch, type OutboxRow, type ReceivedEvent } from '#stage';
import type { CopySession } from './copy-session.js';

/** A record as it would lie in a topic. */
export interface SeedRecord {
  readonly topic: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: string | null;
}

interface Handler {
  handle(batch: EventBatch): Promise<void>;
}

/**
 * A stage without its topics: its own handler decides, and what it writes goes through the session it is given. What it says is
 * handed back instead of sent; a stage that takes rows out of its outbox by itself (publish, to the feeds) does so at once.
 */
export class SeedStage {
  private readonly stage: Stage;

  constructor(
    booted: BootedStage,
    private readonly handler: Handler,
    private readonly session: CopySession,
  ) {
    this.stage = booted.app.get(Stage, { strict: false });
  }

  /** @throws Error when an event would be parked, or not be read: what is invented here must pass. */
  async take(records: readonly SeedRecord[]): Promise<OutboxRow[]> {
    const { stage, session } = this;
    const epoch = await stage.epoch(session);
    const outbox = new OutboxSession(session, stage);
    const unit = stage.unit(outbox, epoch, () => {
      throw new Error(`${stage.name} would park an event of the seed.`);
    });
    const events = records.map(readEvent);
    await this.handler.handle({ events, unit });
    if (stage.options.inbox) stage.remember(unit, events);
    await unit.flush({ parkedToo: false });
    const rows = [...unit.written];
    await stage.options.takeOut?.(rows, { query: (...asked) => session.run(...asked) }, epoch);
    return rows;
  }
}

/** Keeps the outbox of a stage whose rows are handed on, and writes that of a stage that takes them out itself. */
class OutboxSession implements Session {
  private given = 0;

  constructor(
    private readonly session: CopySession,
    private readonly stage: Stage,
  ) {}

  async query<Row>(statement: NamedStatement, parameters: readonly unknown[] = []): Promise<Row[]> {
    if (statement !== this.stage.statements.putOutbox) {
      return this.session.query<Row>(statement, parameters);
    }
    if (this.stage.options.takeOut) return this.session.run<Row>(statement, parameters);
    const rows = parameters[0] as readonly unknown[];
    return rows.map(() => ({ id: ++this.given })) as Row[];
  }
}

function readEvent({ topic, key, headers, value }: SeedRecord): ReceivedEvent {
  const read = fromBinaryHeaders(headers);
  const payload = decodePayload(value === null ? null : Buffer.from(value));
  if (!read.ok || !payload.ok) throw new Error(`A record of the seed for ${topic} cannot be read.`);
  return { topic, partition: 0, offset: '0', key, envelope: read.envelope, data: payload.data };
}
