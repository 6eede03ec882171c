import fc from 'fast-check';
import { ownServices, type OwnServices } from '#testing';
import { Database, DEFAULT_DATABASE_OPTIONS } from './index.js';
import { encodeArrays } from './array-parameters.js';

const nullable = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.array(fc.option(arbitrary, { freq: 5 }), { maxLength: 20 });
const text = fc
  .oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('', '"', '\\', '{a,b}', 'NULL', 'Å😀'))
  .map((value) => value.replaceAll('\u0000', ''));
const json = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value).replaceAll('\\u0000', '')); // prettier-ignore

describe('arrays as parameters', () => {
  let services: OwnServices;
  let database: Database;

  beforeAll(async () => {
    services = await ownServices('arrays');
    database = new Database({
      ...DEFAULT_DATABASE_OPTIONS,
      url: services.environment.DATABASE_URL!,
      schema: 'arrays',
      applicationName: 'spec',
      entities: [],
      migrations: [],
    });
    await database.start();
  });
  afterAll(async () => {
    await database?.stop();
    await services?.stop();
  });

  /** Element by element, so that nothing is read by the array parser of the driver. */
  const readBack = async (type: string, shown: string, values: readonly unknown[]) => {
    const rows = await database.read<{ value: unknown }>(
      {
        name: `spec.${type}`,
        text: `select ${shown} as value from unnest($1::${type}[]) with ordinality as n(v, i) order by i`,
      },
      [values],
    );
    return rows.map(({ value }) => value);
  };

  it.each([
    ['text', 'v', nullable(text)],
    ['json', 'v::text', nullable(json)],
    ['int', 'v', nullable(fc.integer())],
    ['bigint', 'v', nullable(fc.maxSafeInteger())],
    ['boolean', 'v', nullable(fc.boolean())],
    ['uuid', 'v', nullable(fc.uuid())],
    ['bytea', 'v', nullable(fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)))],
  ] as const)('of %s come to PostgreSQL as they are, nulls too', async (type, shown, values) => {
    await fc.assert(
      fc.asyncProperty(values as fc.Arbitrary<unknown[]>, async (array) => {
        expect(Buffer.isBuffer(encodeArrays(`$1::${type}[]`, [array])[0])).toBe(true);
        expect(await readBack(type, shown, array)).toEqual(array);
      }),
      { numRuns: 40 },
    );
  });

  it('of jsonb come as the same values', async () => {
    const values = ['{"a":[1,null,"å"]}', 'null', '"\\""', null];
    expect(await readBack('jsonb', 'v::text', values)).toEqual([
      '{"a": [1, null, "å"]}',
      'null',
      '"\\""',
      null,
    ]);
  });

  it('of what has no binary form here, or is mixed, are left to the driver', async () => {
    const times = [new Date('2026-11-26T08:00:00Z'), null];
    expect(await readBack('timestamptz', 'v', times)).toEqual(times);
    expect(await readBack('bigint', 'v', ['9007199254740991', 7])).toEqual([9007199254740991, 7]);
    expect(encodeArrays('$1::text[] $2', [['a', 7], ['b']])).toEqual([['a', 7], ['b']]);
  });

  it('that are not what the statement casts to fail without showing the element', async () => {
    const wrong = '00000000-0000-0000-0000-00000000000x';
    await expect(readBack('uuid', 'v', [wrong])).rejects.toThrow('is not a UUID');
    await expect(readBack('uuid', 'v', [wrong])).rejects.not.toThrow(wrong);
  });

  it('leave the order of statements that go out together as it was, and the first failure is told', async () => {
    const statement = (name: string, text: string) => ({ name: `spec.${name}`, text });
    const seen = await database.transaction(async (session) =>
      Promise.all([
        session.query(statement('one', `select set_config('spec.order', '1', true)`)),
        session.query<{ now: string }>(statement('two', `select current_setting('spec.order') as now`)),
      ]),
    ); // prettier-ignore
    expect(seen[1]).toEqual([{ now: '1' }]);
    const failing = database.transaction(async (session) =>
      Promise.all([
        session.query(statement('bad', 'select 1 / 0')),
        session.query(statement('behind', 'select 1')),
      ]),
    );
    await expect(failing).rejects.toMatchObject({ code: '22012' });
    expect(await database.read(statement('after', 'select 1 as fine'))).toEqual([{ fine: 1 }]);
  });
});
