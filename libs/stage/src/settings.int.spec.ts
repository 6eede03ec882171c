import { settingKey, type CalendarSetting } from '#canonical';
import { DEFAULT_KAFKA_OPTIONS, KafkaConnection } from '#kafka';
import { Log } from '#runtime';
import { eventually, ownServices, type OwnServices } from '#testing';
import { Settings } from './index.js';

/** kafkajs's `ConfigResourceTypes.TOPIC`, which only the kafka room may import. */
const TOPIC_CONFIG = 2;

const calendar = (id: string): CalendarSetting => ({ kind: 'calendar', id, terms: [], tests: [] });

describe('a setting that is taken out', () => {
  let services: OwnServices;
  let connection: KafkaConnection;
  const opened: Settings[] = [];

  const write = (...settings: CalendarSetting[]) =>
    services.produce(
      'admin.settings',
      settings.map((setting) => ({ key: settingKey(setting), value: JSON.stringify(setting) })),
    );
  const takeOut = (key: string) => services.produce('admin.settings', [{ key, value: null }]);
  const follow = async () => {
    const settings = new Settings(connection, 'spec', Log.create({ stage: 'spec', level: 'silent' })); // prettier-ignore
    opened.push(settings);
    await settings.start();
    return settings;
  };
  const idsOf = (settings: Settings) => settings.all().map(({ id }) => id);

  beforeAll(async () => {
    services = await ownServices('settings');
    connection = new KafkaConnection({
      ...DEFAULT_KAFKA_OPTIONS,
      brokers: services.environment.KAFKA_BROKERS!.split(','),
      clientId: 'spec',
      username: services.environment.KAFKA_USERNAME!,
      password: services.environment.KAFKA_PASSWORD!,
      prefix: services.prefix,
    });
    await connection.ensureTopics(['admin.settings']);
  });
  afterAll(async () => {
    await Promise.all(opened.map((settings) => settings.stop()));
    await connection?.close();
    await services?.stop();
  });

  it('is gone for a stage that runs, which hears of it, and for one that reads the log anew', async () => {
    await write(calendar('stays'), calendar('goes'));
    const running = await follow();
    expect(idsOf(running)).toEqual(['stays', 'goes']);
    const heard: unknown[] = [];
    running.onChange((setting, key) => heard.push([key, setting]));
    const { version } = running;
    await takeOut('calendar/goes');
    await eventually(() => expect(idsOf(running)).toEqual(['stays']));
    expect(heard).toEqual([['calendar/goes', undefined]]);
    expect(running.version).toBe(version + 1);
    expect(idsOf(await follow())).toEqual(['stays']);
  });

  it('is heard of by a process that was cut off from Kafka for weeks', async () => {
    const admin = connection.client.admin();
    await admin.connect();
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: TOPIC_CONFIG, name: connection.wire('admin.settings') }],
    });
    await admin.disconnect();
    const kept = resources[0]!.configEntries.find(({ configName }) => configName === 'delete.retention.ms'); // prettier-ignore
    expect(Number(kept!.configValue) / 86_400_000).toBe(30);
  });

  it('leaves a log whose older records are compacted away with a tombstone alone, and may be written again', async () => {
    await takeOut('calendar/long-gone');
    expect(idsOf(await follow())).toEqual(['stays']);
    await write(calendar('goes'));
    expect(idsOf(await follow())).toEqual(['stays', 'goes']);
  });
});
