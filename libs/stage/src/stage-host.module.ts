import { Global, Module, type FactoryProvider } from '@nestjs/common';
import { TOPICS, type TopicRow } from '#canonical';
import { EventProducer, KafkaConnection } from '#kafka';
import {
  ENVIRONMENT,
  HealthModule,
  HealthRegistry,
  Log,
  Shutdown,
  describeConfig,
  readConfig,
  type Environment,
} from '#runtime';
import { awaitServices, type WhenServicesAnswer } from './await-services.js';
import { HuvudmanKeys, type MasterKey } from './huvudman-keys.js';
import { LifeSigns } from './life-signs.js';
import { Settings } from './settings.js';
import { KafkaConfig } from './stage-host.config.js';
import { TrailWriter } from './trail-writer.js';

export const WHEN_SERVICES_ANSWER = Symbol('when-services-answer');

const HOST_PROVIDERS: FactoryProvider[] = [
  {
    provide: KafkaConfig,
    inject: [ENVIRONMENT, Log],
    useFactory: (environment: Environment, log: Log) => {
      const config = readConfig(KafkaConfig, environment);
      log.info('Settings', describeConfig(config));
      return config;
    },
  },
  {
    provide: WHEN_SERVICES_ANSWER,
    inject: [KafkaConfig, Log, Shutdown],
    useFactory: ({ startLimitMs }: KafkaConfig, log: Log, shutdown: Shutdown) =>
      awaitServices({ limitMs: startLimitMs, log, shutdown }),
  },
  {
    provide: KafkaConnection,
    inject: [KafkaConfig, Log, Shutdown],
    useFactory: (config: KafkaConfig, log: Log, shutdown: Shutdown) => {
      const connection = new KafkaConnection({
        brokers: config.brokers.split(','),
        clientId: `elevnav-${log.stage}`,
        ...(config.username && { username: config.username, password: config.password }),
        tls: config.tls,
        prefix: config.prefix,
        partitions: config.partitions,
        replication: config.replication,
        producerTimeoutMs: config.producerTimeoutMs,
        producerBufferBytesMax: config.producerBufferBytesMax,
        onLog: (level, says) => (level === 'error' ? log.warn(says) : log.debug(says)),
      });
      shutdown.add('kafka', () => connection.close());
      return connection;
    },
  },
  {
    provide: EventProducer,
    inject: [KafkaConnection, Shutdown],
    useFactory: (connection: KafkaConnection, shutdown: Shutdown) => {
      const producer = new EventProducer(connection);
      shutdown.add('producer', () => producer.close());
      return producer;
    },
  },
  {
    provide: TrailWriter,
    inject: [KafkaConnection, EventProducer, WHEN_SERVICES_ANSWER, Log],
    useFactory: async (
      connection: KafkaConnection,
      producer: EventProducer,
      whenAnswers: WhenServicesAnswer,
      log: Log,
    ) => {
      await whenAnswers('Kafka', () => connection.ensureTopics(topicsOf(log.stage)));
      return new TrailWriter(producer);
    },
  },
  {
    provide: LifeSigns,
    inject: [TrailWriter, Log, Shutdown],
    useFactory: (trail: TrailWriter, log: Log, shutdown: Shutdown) => {
      const signs = new LifeSigns({
        stage: log.stage,
        trail,
        onFailure: (error) => log.failure('No sign of life could be given', error, {}, 'warn'),
      });
      shutdown.add('life signs', () => signs.stop());
      return signs;
    },
  },
  {
    provide: Settings,
    inject: [KafkaConnection, WHEN_SERVICES_ANSWER, Log, Shutdown],
    useFactory: async (
      connection: KafkaConnection,
      whenAnswers: WhenServicesAnswer,
      log: Log,
      shutdown: Shutdown,
    ) => {
      const settings = new Settings(connection, log.stage, log);
      shutdown.add('settings', () => settings.stop());
      await whenAnswers('Kafka', () => settings.start());
      return settings;
    },
  },
  {
    provide: HuvudmanKeys,
    inject: [KafkaConfig],
    useFactory: ({ masterKeys, identityKey }: KafkaConfig) =>
      new HuvudmanKeys({
        identityKey: Buffer.from(identityKey, 'base64'),
        masterKeys: masterKeys.split(',').map(parseMasterKey),
      }),
  },
];

/** What every stage stands on: Kafka, the settings, the keys. */
@Global()
@Module({
  imports: [HealthModule],
  providers: HOST_PROVIDERS,
  exports: [
    WHEN_SERVICES_ANSWER,
    KafkaConfig,
    KafkaConnection,
    EventProducer,
    TrailWriter,
    LifeSigns,
    Settings,
    HuvudmanKeys,
  ],
})
export class StageHostModule {
  constructor(health: HealthRegistry, producer: EventProducer) {
    // The signs of life go over the same producer: they find out that Kafka is back when nobody else sends.
    health.add('producer', 'ready', () => {
      const { ok, says } = producer.health;
      return { ok, detail: `${says} ${producer.bufferedBytes} bytes wait.` };
    });
  }
}

/** The topics that a stage reads or writes; the families (one topic per huvudman) are made when they are needed. */
function topicsOf(stage: string): string[] {
  return (TOPICS as readonly TopicRow[])
    .filter(({ name }) => !name.includes('*'))
    .filter(({ readers, writers }) => [...readers, ...writers].some((name) => name === stage))
    .map(({ name }) => name);
}

function parseMasterKey(text: string): MasterKey {
  const [id = '', key = ''] = text.split(':');
  return { id, key: Buffer.from(key, 'base64') };
}
