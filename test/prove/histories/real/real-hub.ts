import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { sourceTopic, sourceUrn, toBinaryHeaders } from '#canonical';
import { EventProducer, KafkaConnection, type OutgoingRecord } from '#kafka';
import { startLocalServices } from '#local-services';
import { SteppableClock } from '#runtime';
import { HuvudmanKeys, Settings, Stage } from '#stage';
import { eventually } from '#testing';
import { openHubLog } from '../../../../apps/hub/src/hub-log.js';
import { runStages, stopStages, type RunningStages } from '../../../../apps/hub/src/run-stages.js';
import type { AtEnd } from '../../faults/hub-under-test.js';
import { dayNumber, type Telling } from '../history.js';
import { FIRST_DAY } from '../world.js';
import type { Act } from './life.js';
import { settingRecords, SETTINGS, unitRecords } from './real-settings.js';
import { Stillness } from './stillness.js';
import { nineOn } from './twin.js';
import { commandFor, commandRecord } from './real-commands.js';
import { adapterOf, kindOf, vendorWords } from './vendor-words.js';

export interface RealHubOptions {
  /** How many histories it will be told. */
  readonly histories: number;
  /** Data and logs lie here. */
  readonly directory: string;
  readonly atEnd: AtEnd;
}

const FREE_PORTS = { kafka: 0, kafkaClients: 0, kafkaController: 0, postgres: 0, issuer: 0 };
const ANY_PORT = {
  sandbox: 0,
  ingest: 0,
  normalise: 0,
  'test-access': 0,
  publish: 0,
  dashboard: 0,
};
const STAGES = ['normalise', 'test-access', 'publish'] as const;
const KEYS = {
  IDENTITY_KEY: Buffer.alloc(32, 5).toString('base64'),
  MASTER_KEYS: `proof:${Buffer.alloc(32, 7).toString('base64')}`,
};
/** Schedules look in when the clock is stepped; by real time as seldom as they can. */
const SCHEDULE = { SCHEDULE_INTERVAL_MS: '600000' };

/** What normalise tries again by time: between two days there was time enough for all of it. */
const TIME_IS_RIPE = `update normalise.parked set due = now() where state = 'parked' and due is not null`;

/** Normalise, test access and publish as they are in operation, on Kafka and PostgreSQL, with one clock that is stepped by hand. */
export class RealHub {
  private constructor(
    readonly database: pg.Client,
    private readonly clock: SteppableClock,
    private readonly normalise: Stage,
    private readonly keys: HuvudmanKeys,
    private readonly producer: EventProducer,
    private readonly stillness: Stillness,
  ) {}

  static async start({ directory, atEnd, histories }: RealHubOptions): Promise<RealHub> {
    await mkdir(directory, { recursive: true });
    const services = await startLocalServices({
      directory: join(directory, 'services'),
      fresh: true,
      way: 'local',
      ports: FREE_PORTS,
    });
    atEnd(() => services.stop());
    const clock = new SteppableClock(nineOn(dayNumber(FIRST_DAY)));
    const stages = await runStages(STAGES, {
      environment: { ...services.environment, ...KEYS, ...SCHEDULE, KAFKA_PARTITIONS: '3' },
      log: openHubLog(directory, 'warn'),
      ports: ANY_PORT,
      clock,
    });
    atEnd(() => stopStages(stages));
    const database = new pg.Client({ connectionString: services.postgres.url });
    await database.connect();
    atEnd(() => database.end());
    const { app } = stages.get('normalise')!;
    const connection = app.get(KafkaConnection, { strict: false });
    const normalise = app.get(Stage, { strict: false });
    const producer = new EventProducer(connection);
    atEnd(() => producer.close());
    const stillness = new Stillness(connection, database, normalise);
    const keys = app.get(HuvudmanKeys, { strict: false });
    const hub = new RealHub(database, clock, normalise, keys, producer, stillness);
    await producer.send(settingRecords());
    await settingsInForce(stages);
    await producer.send(unitRecords(histories));
    await stillness.wait();
    return hub;
  }

  /** Sends what sources say and administrators ask for, and waits until everybody who is concerned has heard of it. */
  async tell(acts: readonly Act[]): Promise<void> {
    const records = acts.map(async (act) =>
      act.is === 'told'
        ? this.recordOf(act.telling)
        : commandRecord(act, await commandFor(act.deed, this.database), this.clock.now()),
    );
    await this.producer.send(await Promise.all(records));
    await this.stillness.wait();
  }

  async passDay(day: number): Promise<void> {
    await this.database.query(TIME_IS_RIPE);
    this.normalise.parking.poke();
    await this.stillness.wait();
    await this.clock.set(nineOn(day));
    await this.stillness.wait();
  }

  /** As the door writes it, once the adapter has let it in. */
  private recordOf(telling: Telling): OutgoingRecord {
    const { type, data } = JSON.parse(JSON.stringify(vendorWords(telling))) as ReturnType<typeof vendorWords>; // prettier-ignore
    const kind = kindOf(telling);
    const admission = adapterOf(kind).admit({ type, data });
    if (!admission.ok) throw new Error(`The door refuses ${type}: ${JSON.stringify(admission.issues)}`); // prettier-ignore
    const { id, source, fact } = telling;
    const object = `${source}/${admission.objectKind}/${admission.objectId}`;
    const envelope = { id, source: sourceUrn(source), type, time: fact.modified };
    return {
      topic: sourceTopic(kind),
      key: this.keys.digest('record-key', object),
      headers: toBinaryHeaders(envelope),
      value: JSON.stringify(admission.data),
    };
  }
}

async function settingsInForce(stages: RunningStages): Promise<void> {
  for (const { app } of stages.values()) {
    const settings = app.get(Settings, { strict: false });
    await eventually(() => {
      if (settings.all().length < SETTINGS.length) throw new Error('Settings are missing.');
    });
  }
}
