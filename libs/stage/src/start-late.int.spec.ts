import { Controller, Module } from '@nestjs/common';
import { Log, bootStage } from '#runtime';
import { ownServices, startFaultProxy, type FaultProxy, type OwnServices } from '#testing';
import { BatchHandler, StageModule, stageTransport } from './index.js';

const LIMIT_MS = 90_000;

@Controller()
class IdleHandler {
  @BatchHandler({ stage: 'normalise', groups: [['source.elevregister']] })
  handle(): Promise<void> {
    return Promise.resolve();
  }
}

@Module({
  imports: [StageModule.register({ stage: 'normalise', migrations: [] })],
  controllers: [IdleHandler],
})
class IdleModule {}

describe('a stage that starts before its services', () => {
  let services: OwnServices;
  const proxies: FaultProxy[] = [];

  beforeAll(async () => {
    services = await ownServices('late');
  });
  afterAll(async () => {
    await Promise.all(proxies.map((proxy) => proxy.stop()));
    await services?.stop();
  });

  /** A port where nothing listens until `open` is called; then the service answers there. */
  async function closedDoorTo(host: string, port: number) {
    const target = { host, port };
    const reserved = await startFaultProxy({ target });
    await reserved.stop();
    return {
      port: reserved.port,
      open: async () => void proxies.push(await startFaultProxy({ target, port: reserved.port })),
    };
  }

  it(
    'waits for Kafka and for PostgreSQL, says so, and is ready once they answer',
    async () => {
      const { KAFKA_BROKERS, DATABASE_URL } = services.environment;
      const [host = '', port] = KAFKA_BROKERS!.split(',')[0]!.split(':');
      const kafka = await closedDoorTo(host, Number(port));
      const url = new URL(DATABASE_URL!);
      const postgres = await closedDoorTo(url.hostname, Number(url.port));
      url.port = String(postgres.port);
      const opens: Record<string, () => Promise<void>> = { Kafka: kafka.open, PostgreSQL: postgres.open }; // prettier-ignore
      const waited: string[] = [];
      const log = Log.create({
        stage: 'normalise',
        level: 'warn',
        destination: {
          write: (line) => {
            const [, service] = /Waits for (\w+) before it can start/.exec(line) ?? [];
            if (!service || waited.includes(service)) return;
            waited.push(service);
            void opens[service]!();
          },
        },
      });
      const booted = await bootStage(IdleModule, {
        stage: 'normalise',
        log,
        environment: {
          ...services.environment,
          KAFKA_BROKERS: `${host}:${kafka.port}`,
          DATABASE_URL: url.href,
        },
        ownsProcess: false,
        strategies: (app) => [stageTransport(app)],
      });
      try {
        expect(waited).toEqual(['Kafka', 'PostgreSQL']);
        expect((await fetch(`${booted.url}/health/ready`)).status).toBe(200);
      } finally {
        await booted.stop();
      }
    },
    LIMIT_MS,
  );

  it(
    'gives up when the limit is over, with what was wrong',
    async () => {
      const url = new URL(services.environment['DATABASE_URL']!);
      const nobody = await closedDoorTo(url.hostname, Number(url.port));
      url.port = String(nobody.port);
      const boot = bootStage(IdleModule, {
        stage: 'normalise',
        environment: {
          ...services.environment,
          DATABASE_URL: url.href,
          START_LIMIT_MS: '1500',
          LOG_LEVEL: 'silent',
        },
        ownsProcess: false,
      });
      await expect(boot).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    },
    LIMIT_MS,
  );
});
