import { Kafka, logLevel, type Admin, type AclEntry } from 'kafkajs';
import { huvudmanTopic, settingKey, type HuvudmanSetting } from '#canonical';
import { bootStage, type BootedStage } from '#runtime';
import { stageTransport } from '#stage';
import { accessToken, eventually, ownServices, type OwnServices } from '#testing';
import { PublishModule } from './publish.module.js';

/** As Kafka's protocol numbers them; kafkajs has them as enums that only its types name. */
const [TOPIC, GROUP] = [2, 3];
const [LITERAL, PREFIXED] = [3, 4];
const [ANY, READ, DESCRIBE] = [1, 3, 8];
const ALLOW = 3;

function huvudman(id: string, subscriberClients: string[]): HuvudmanSetting {
  return {
    kind: 'huvudman',
    id,
    displayName: id,
    organisationNumber: '2120001124',
    owner: 'municipal',
    subscriberClients,
  };
}

/** A subscriber that goes on reading until it is refused. */
class Reader {
  readonly read: string[] = [];
  refusal: string | undefined;
  private readonly consumer;

  constructor(kafka: Kafka, groupId: string) {
    this.consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 50 });
  }

  async start(topic: string): Promise<void> {
    this.consumer.on('consumer.crash', ({ payload: { error } }) => {
      const { type } = (error.cause ?? error) as { type?: string };
      this.refusal = type ?? error.message;
    });
    await this.consumer.connect();
    await this.consumer.subscribe({ topics: [topic], fromBeginning: true });
    await this.consumer.run({
      eachMessage: ({ message }) => Promise.resolve(void this.read.push(String(message.value))),
    });
  }

  stop(): Promise<void> {
    return this.consumer.disconnect();
  }
}

describe('who may read a huvudman’s topic in Kafka', () => {
  let services: OwnServices;
  let booted: BootedStage | undefined;
  let admin: Admin;
  const readers: Reader[] = [];

  const boot = async () => {
    booted = await bootStage(PublishModule, {
      stage: 'publish',
      environment: services.environment,
      ownsProcess: false,
      strategies: (app) => [stageTransport(app)],
    });
  };
  const write = (setting: HuvudmanSetting) =>
    services.produce('admin.settings', [
      { key: settingKey(setting), value: JSON.stringify(setting) },
    ]);
  const tell = (owner: string, value: string) =>
    services.produce(huvudmanTopic(owner), [{ key: 'pupil', value }]);
  const rule = (principal: string, more: Partial<AclEntry>): AclEntry => ({
    principal,
    resourceType: TOPIC as AclEntry['resourceType'],
    resourceName: '',
    resourcePatternType: LITERAL as AclEntry['resourcePatternType'],
    host: '*',
    operation: READ as AclEntry['operation'],
    permissionType: ALLOW,
    ...more,
  });
  /** Everybody who is named in a rule about this topic or its groups, and for what. */
  const rulesOf = async (owner: string) => {
    const asked = { operation: ANY, permissionType: ALLOW };
    const { resources } = await admin.describeAcls({
      ...asked,
      resourceType: 1,
      resourcePatternType: ANY,
    });
    return resources
      .filter(({ resourceName }) => resourceName.startsWith(`${services.prefix}huvudman.${owner}.`))
      .flatMap(({ resourceType, acls }) =>
        acls.map(({ principal, operation }) => `${principal} ${resourceType} ${operation}`),
      )
      .sort();
  };
  const ofReader = (...clients: string[]) =>
    clients.flatMap((client) =>
      [`${TOPIC} ${READ}`, `${TOPIC} ${DESCRIBE}`, `${GROUP} ${READ}`].map(
        (right) => `User:${client} ${right}`,
      ),
    );
  const hasRules = (owner: string, rules: readonly string[]) =>
    eventually(async () => expect(await rulesOf(owner)).toEqual([...rules].sort()));
  const follow = async (client: string, owner: string): Promise<Reader> => {
    const token = await accessToken(client, ['feed:read']);
    const kafka = new Kafka({
      clientId: client,
      brokers: services.environment.KAFKA_CLIENT_BROKERS!.split(','),
      logLevel: logLevel.NOTHING,
      sasl: {
        mechanism: 'oauthbearer',
        oauthBearerProvider: () => Promise.resolve({ value: token }),
      },
      retry: { retries: 2, initialRetryTime: 50 },
    });
    const reader = new Reader(kafka, `${services.prefix}huvudman.${owner}.${client}`);
    readers.push(reader);
    await reader.start(services.prefix + huvudmanTopic(owner));
    return reader;
  };

  beforeAll(async () => {
    services = await ownServices('subscriber-rights');
    admin = services.kafka.admin();
    await admin.connect();
    await boot();
  });

  afterAll(async () => {
    await Promise.all(readers.map((reader) => reader.stop()));
    await booted?.stop();
    await admin?.disconnect();
    await services?.stop();
  });

  it('a client that is taken out of the setting is refused, while another goes on reading', async () => {
    await write(huvudman('malmo00001', ['rights-stays', 'rights-goes']));
    await hasRules('malmo00001', ofReader('rights-stays', 'rights-goes'));
    const [stays, goes] = await Promise.all([
      follow('rights-stays', 'malmo00001'),
      follow('rights-goes', 'malmo00001'),
    ]);
    await tell('malmo00001', 'before');
    await eventually(() => {
      expect([stays.read, goes.read]).toEqual([['before'], ['before']]);
    });

    await write(huvudman('malmo00001', ['rights-stays']));
    await eventually(() => expect(goes.refusal).toBe('TOPIC_AUTHORIZATION_FAILED'));
    await tell('malmo00001', 'after');
    await eventually(() => expect(stays.read).toEqual(['before', 'after']));
    expect(goes.read).toEqual(['before']);
    expect(stays.refusal).toBeUndefined();
    await hasRules('malmo00001', ofReader('rights-stays'));
    await expect(follow('rights-goes', 'malmo00001')).rejects.toMatchObject({
      type: 'TOPIC_AUTHORIZATION_FAILED',
    });
  });

  it('of a huvudman whose setting is taken out nobody may read, and another’s may', async () => {
    await write(huvudman('kunskap001', ['rights-school']));
    await hasRules('kunskap001', ofReader('rights-school'));
    await services.produce('admin.settings', [{ key: 'huvudman/kunskap001', value: null }]);
    await hasRules('kunskap001', []);
    await hasRules('malmo00001', ofReader('rights-stays'));
  });

  it('what changed while publish was down is made up for at its start; rules that are not its own stay', async () => {
    await booted!.stop();
    const topic = services.prefix + huvudmanTopic('malmo00001');
    const hub = `User:${services.environment.KAFKA_USERNAME}`;
    const kept = [
      rule(hub, { resourceName: topic }),
      rule('User:backup', { resourceName: topic, resourcePatternType: PREFIXED }),
      rule('User:writer', { resourceName: topic, operation: 4 }),
      rule('User:at-home', { resourceName: topic, host: '127.0.0.1' }),
      // Of a hub whose names have no prefix, and whose huvudman this hub does not know.
      rule('User:elsewhere', { resourceName: huvudmanTopic('elsewhere1') }),
    ];
    await admin.createAcls({ acl: [...kept, rule('User:by-hand', { resourceName: topic })] });
    await write(huvudman('malmo00001', ['rights-new']));
    await boot();
    await hasRules('malmo00001', [
      ...ofReader('rights-new'),
      `${hub} ${TOPIC} ${READ}`,
      `User:backup ${TOPIC} ${READ}`,
      `User:writer ${TOPIC} 4`,
      `User:at-home ${TOPIC} ${READ}`,
    ]);
    const { resources } = await admin.describeAcls({
      ...rule('User:elsewhere', { resourceName: huvudmanTopic('elsewhere1') }),
    });
    expect(resources).toHaveLength(1);
    await admin.deleteAcls({ filters: kept });
  });
});
