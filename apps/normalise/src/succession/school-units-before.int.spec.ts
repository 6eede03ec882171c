import { egilId, nationalId } from '#canonical';
import { Database, DEFAULT_DATABASE_OPTIONS, type MigrationClass } from '#database';
import { ownServices, type OwnServices } from '#testing';
import { CreateRegister1764000100001 } from '../migrations/0001-create-register.js';
import { DocumentsAsJson1764000100002 } from '../migrations/0002-documents-as-json.js';
import { Successions1764000100003 } from '../migrations/0003-successions.js';

describe('school units that were known before their owners were kept', () => {
  let services: OwnServices;
  const open = async (migrations: readonly MigrationClass[]) => {
    const database = new Database({
      ...DEFAULT_DATABASE_OPTIONS,
      url: services.environment.DATABASE_URL!,
      schema: 'normalise',
      applicationName: 'spec',
      entities: [],
      migrations,
    });
    await database.start();
    return database;
  };

  beforeAll(async () => {
    services = await ownServices('successions');
  });
  afterAll(async () => services?.stop());

  it('have had the owner that they have, and are found by the id of an EGIL client', async () => {
    const old = [CreateRegister1764000100001, DocumentsAsJson1764000100002];
    const before = await open(old);
    const insert = {
      name: 'spec.insert',
      text: `insert into normalise.school_unit (code, id, organisation_number, status, modified, content, doc, emitted)
             values ('31279295', $1, '2120000001', 'AKTIV', '2026-08-01T22:06:11.020000Z', '', '{}', 1)`,
    };
    await before.read(insert, [nationalId('31279295')]);
    await before.stop();

    const after = await open([...old, Successions1764000100003]);
    const read = { name: 'spec.read', text: 'select owners, egil_id from normalise.school_unit' };
    const rows = await after.read(read);
    await after.stop();
    expect(rows).toEqual([
      {
        owners: [{ organisationNumber: '2120000001', since: '2026-08-01T22:06:11.020000Z' }],
        egil_id: egilId('31279295'),
      },
    ]);
  });
});
