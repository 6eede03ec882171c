import { toBinaryHeaders, type Envelope } from '#canonical';
import { Database, DEFAULT_DATABASE_OPTIONS, type MigrationClass } from '#database';
import { ownServices, type OwnServices } from '#testing';
import { FeedKeepsRecords1764000000302 } from '../migrations/1764000000302-feed-keeps-records.js';
import { PublishTables1764000000301 } from '../migrations/1764000000301-publish-tables.js';
import { structuredEvent } from './structured-event.js';

describe('a feed that was filled before it kept records', () => {
  let services: OwnServices;
  const open = async (migrations: readonly MigrationClass[]) => {
    const database = new Database({
      ...DEFAULT_DATABASE_OPTIONS,
      url: services.environment.DATABASE_URL!,
      schema: 'publish',
      applicationName: 'spec',
      entities: [],
      migrations,
    });
    await database.start();
    return database;
  };

  beforeAll(async () => {
    services = await ownServices('feed-records');
  });
  afterAll(async () => services?.stop());

  it('gives the same events after the upgrade', async () => {
    const envelope: Envelope = {
      id: '4e1e1e3b-7ef8-5f94-8599-60feda224d0a',
      source: 'urn:elevnav:publish',
      type: 'se.elevnav.person.updated',
      subject: 'f12a9df6-1b38-559e-8b92-b2d701af1978',
      datacontenttype: 'application/json',
      sequence: '0000000001-0000000000000007',
    };
    const event = { specversion: '1.0', ...envelope, data: { person: { standing: 'å "x"' } } };
    const before = await open([PublishTables1764000000301]);
    const insert = {
      name: 'spec.insert',
      text: `insert into publish.feed(huvudman, epoch, position, event_id, subject, cause, event)
             values ('malmo00001', 1, 1, $1, $2, '', $3)`,
    };
    await before.read(insert, [envelope.id, envelope.subject, JSON.stringify(event)]);
    await before.stop();

    const after = await open([PublishTables1764000000301, FeedKeepsRecords1764000000302]);
    const read = { name: 'spec.read', text: 'select headers, value from publish.feed' };
    const [row] = await after.read<{ headers: string; value: string }>(read);
    await after.stop();
    expect(JSON.parse(row!.headers)).toEqual(toBinaryHeaders(envelope));
    expect(JSON.parse(structuredEvent(row!.headers, row!.value))).toEqual(event);
  });
});
