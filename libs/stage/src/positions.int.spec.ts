import { Controller, Module } from '@nestjs/common';
import { toBinaryHeaders } from '#canonical';
import { bootStage, type BootedStage } from '#runtime';
import { eventually, ownServices, type OwnServices } from '#testing';
import { BatchHandler, StageModule, stageTransport, type EventBatch } from './index.js';

const TOPIC = 'source.elevregister';
/** Stages start several times here, which takes its time on a busy machine. */
const SOON_MS = 60_000;
const SPEC_LIMIT_MS = 180_000;

@Controller()
class NotingHandler {
  static handled: string[] = [];

  @BatchHandler({ stage: 'normalise', groups: [[TOPIC]] })
  handle({ events }: EventBatch): Promise<void> {
    NotingHandler.handled.push(...events.map(({ envelope }) => envelope.id));
    return Promise.resolve();
  }
}

@Module({
  imports: [StageModule.register({ stage: 'normalise', migrations: [], inbox: true })],
  controllers: [NotingHandler],
})
class NotingModule {}

describe('a position that does not fit its log', () => {
  let services: OwnServices;
  let booted: BootedStage | undefined;

  const boot = async (environment: Record<string, string> = {}) => {
    booted = await bootStage(NotingModule, {
      stage: 'normalise',
      environment: { ...services.environment, LOG_LEVEL: 'silent', ...environment },
      ownsProcess: false,
      strategies: (app) => [stageTransport(app)],
    });
    return booted;
  };
  const send = (id: string) =>
    services.produce(TOPIC, [
      {
        key: 'one',
        value: '{}',
        headers: toBinaryHeaders({ id, source: 'urn:elevnav:source:spec', type: 'spec.changed' }),
        partition: 0,
      },
    ]);
  const isHandled = (id: string) =>
    eventually(() => expect(NotingHandler.handled).toContain(id), SOON_MS);
  const consumerSays = async () => {
    const response = await fetch(`${booted!.url}/health/ready`);
    const { checks } = (await response.json()) as { checks: { name: string; detail: string }[] };
    const check = checks.find(({ name }) => name === 'consumer normalise.elevregister');
    return { status: response.status, detail: check?.detail };
  };
  const stopsWith = (sentence: string) =>
    eventually(async () => {
      const { status, detail } = await consumerSays();
      expect(detail).toContain(sentence);
      expect(status).toBe(503);
    }, SOON_MS);
  const position = async () => {
    const [row] = await services.query<{ next_offset: string; cluster: string }>(
      `select next_offset, cluster from normalise.position where topic = '${TOPIC}' and partition = 0`,
    );
    return { ...row!, next_offset: Number(row!.next_offset) };
  };
  const change = (what: string) =>
    services.query(
      `update normalise.position set ${what} where topic = '${TOPIC}' and partition = 0`,
    );

  beforeAll(async () => {
    services = await ownServices('positions');
    await boot();
    await send('first');
    await isHandled('first');
  });
  afterEach(() => booted?.stop());
  afterAll(() => services?.stop());

  it(
    'stops the lane when it lies beyond the end of the log, and nothing that comes is passed over',
    async () => {
      await booted!.stop();
      const { next_offset: was } = await position();
      await change('next_offset = next_offset + 2');
      await boot();
      await send('below');
      await stopsWith('lies beyond the end of the log');
      // The log grows past the position and looks whole again. Were the lane to go on, two events would be lost.
      await send('at');
      await send('above');
      await booted!.stop();
      await boot();
      await stopsWith('lies beyond the end of the log');
      expect(NotingHandler.handled).toEqual(['first']);
      await booted!.stop();
      await change(`next_offset = ${was}, halted = null`);
      await boot();
      await isHandled('above');
      expect(NotingHandler.handled).toEqual(['first', 'below', 'at', 'above']);
    },
    SPEC_LIMIT_MS,
  );

  it(
    'stops the lane when it belongs to another cluster',
    async () => {
      const { cluster } = await position();
      await change(`cluster = 'another', next_offset = 0`);
      await boot();
      await send('elsewhere');
      await stopsWith('belongs to another Kafka cluster');
      expect(await position()).toEqual({ cluster: 'another', next_offset: 0 });
      await booted!.stop();
      await change(`cluster = '${cluster}'`);
      await boot();
      await isHandled('elsewhere');
    },
    SPEC_LIMIT_MS,
  );

  it('is not looked for where nothing reads: a topic that the settings misspell ends the start', async () => {
    await expect(boot({ STAGE_TOPICS: `${TOPIC},source.elevregistre` })).rejects.toThrow(
      'Nothing here reads source.elevregistre',
    );
    booted = undefined;
  });
});
