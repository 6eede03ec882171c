import { Partitioners, type IHeaders, type Kafka, type Producer } from 'kafkajs';
import { setTimeout as pause } from 'node:timers/promises';
import { allowNullHeaders, type SeededRandom } from '#testing';
import type { Ledger } from './ledger.js';

const RETRY_PAUSE_MS = 500;

interface Poison {
  readonly topic: string;
  readonly value: string | null;
  readonly headers: Record<string, string | null>;
}

/** What must end parked, whatever stands around it: each kind of it gets an event that was made wrong in one way. */
const KINDS: Readonly<Record<string, (id: string) => Poison>> = {
  brokenJson: (id) => ({
    topic: 'source.elevregister',
    value: '{"id":"',
    headers: envelope(id, 'register-a', 'ss12000.person.changed'),
  }),
  nulCharacter: (id) => ({
    topic: 'source.elevregister',
    value: '{"id":"a\\u0000b"}',
    headers: envelope(id, 'register-b', 'ss12000.person.changed'),
  }),
  nullHeaders: () => ({
    topic: 'source.absence',
    value: '{}',
    headers: { ce_specversion: null, ce_id: null, ce_source: null, ce_type: null },
  }),
  nullValue: (id) => ({
    topic: 'source.absence',
    value: null,
    headers: envelope(id, 'absence-a', 'ss12000.absence.reported'),
  }),
  noEnvelope: () => ({ topic: 'source.test-platform', value: '{"a":1}', headers: {} }),
  throwingTranslation: (id) => ({
    topic: 'source.learning-platform',
    value: '{"a":1}',
    headers: envelope(id, 'faulty', 'throws.thing.changed'),
  }),
};

/** Every kind of poison; a run without one of them has not proven it. */
export const POISON_KINDS: readonly string[] = Object.keys(KINDS);

/** Writes poisoned records straight to `source.*`, past the door, each with a key of its own by which it is found again. */
export class Poisoner {
  private producer: Producer | undefined;
  private count = 0;
  /** Kinds that are still to be dealt before any comes again. */
  private readonly hand: string[] = [];
  private going = true;
  private waiting: Promise<void> = Promise.resolve();

  constructor(
    private readonly kafka: Kafka,
    private readonly ledger: Ledger,
    private readonly options: { readonly random: SeededRandom; readonly seed: number },
  ) {
    allowNullHeaders();
  }

  /** Writes one record, in its turn; tries until Kafka has acknowledged it. */
  send(): void {
    if (this.hand.length === 0) this.hand.push(...this.options.random.shuffled(POISON_KINDS));
    const kind = this.hand.pop()!;
    const key = `poison-${this.options.seed}-${this.count++}`;
    const { topic, value, headers } = KINDS[kind]!(key);
    this.waiting = this.waiting.then(() =>
      this.write(topic, { key, value, headers: headers as IHeaders }, () =>
        this.ledger.poisoned(key, kind),
      ),
    );
  }

  drained(): Promise<void> {
    return this.waiting;
  }

  async stop(): Promise<void> {
    this.going = false;
    await this.waiting;
    await this.producer?.disconnect().catch(() => undefined);
  }

  private async write(
    topic: string,
    message: { key: string; value: string | null; headers: IHeaders },
    done: () => void,
  ): Promise<void> {
    while (this.going) {
      try {
        const producer = (this.producer ??= this.newProducer());
        await producer.connect();
        await producer.send({ topic, acks: -1, messages: [message] });
        done();
        return;
      } catch {
        // Kafka is away; a record that was stored all the same is parked twice, under one key.
        void this.producer?.disconnect().catch(() => undefined);
        this.producer = undefined;
        await pause(RETRY_PAUSE_MS);
      }
    }
  }

  private newProducer(): Producer {
    return this.kafka.producer({
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: { retries: 2 },
    });
  }
}

function envelope(id: string, source: string, type: string): Record<string, string> {
  return {
    ce_specversion: '1.0',
    ce_id: id,
    ce_source: `urn:elevnav:source:${source}`,
    ce_type: type,
    'content-type': 'application/json',
  };
}
