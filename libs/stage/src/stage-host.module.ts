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
import { HuvudmanKeys, type MasterKey } from './huvudman-keys.js';
import { Settings } from './settings.js';
import { KafkaConfig } from './stage-host.config.js';
import { TrailWriter } from './trail-writer.js';

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
    inject: [KafkaConnection, EventProducer, Log],
    useFactory: async (connection: KafkaConnection, producer: EventProducer, log: Log) => {
      await connection.ensureTopics(topicsOf(log.stage));
      return new TrailWriter(producer);
    },
  },
  {
    provide: Settings,
    inject: [KafkaConnection, Log, Shutdown],
    useFactory: async (connection: KafkaConnection, log: Log, shutdown: Shutdown) => {
      const settings = new Settings(connection, log.stage, log);
      shutdown.add('settings', () => settings.stop());
      await settings.start();
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
  exports: [KafkaConfig, KafkaConnection, EventProducer, TrailWriter, Settings, HuvudmanKeys],
})
export class StageHostModule {
  constructor(health: HealthRegistry, producer: EventProducer, config: KafkaConfig) {
    health.add('producer', 'ready', () => ({
      ok: producer.bufferedBytes < config.producerBufferBytesMax,
      detail: `${producer.bufferedBytes} bytes wait for Kafka’s acknowledgement.`,
    }));
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
