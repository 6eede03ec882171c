import { Controller, Module } from '@nestjs/common';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { eventId, formatSequence, toBinaryHeaders, type Envelope } from '#canonical';
import { Log, bootStage, type BootedStage } from '#runtime';
import { allowNullHeaders, eventually, ownServices, type OwnServices } from '#testing';
import {
  BatchHandler,
  Stage,
  StageModule,
  causeOf,
  stageTransport,
  type EventBatch,
} from './index.js';

const COUNT = {
  name: 'spec.count',
  text: `insert into normalise.thing(key, effects, last) select k, 1, o from unnest($1::text[], $2::text[]) as t(k, o)
  on conflict (key) do update set effects = normalise.thing.effects + 1, last = excluded.last`,
};

/** What PostgreSQL answers a statement for which its disk has no room. */
const DISK_FULL = {
  name: 'spec.disk-full',
  text: `do $$ begin raise exception 'could not extend file' using errcode = 'disk_full'; end $$`,
};

/** Counts one effect per event and tells it on: enough to see what is doubled, lost or out of order. */
@Controller()
class CountingHandler {
  static calls = 0;
  static isDiskFull = false;
  static awaited = new Set<string>();

  @BatchHandler({ stage: 'normalise', groups: [['source.elevregister']] })
  async handle({ events, unit }: EventBatch): Promise<void> {
    CountingHandler.calls++;
    const good = [];
    for (const event of events) {
      const { poison, parent, heals, breaks } = event.data as {
        poison?: string;
        parent?: string;
        breaks?: boolean;
        heals?: string;
      };
      if (poison) throw THROWN[poison];
      if (parent && !CountingHandler.awaited.has(parent)) {
        unit.park(event, {
          code: 'missing-reference',
          causeGroup: 'parent',
          issues: [],
          awaits: `parent/${parent}`,
        });
        continue;
      }
      if (breaks) throw THROWN['TypeError'];
      if (heals) {
        CountingHandler.awaited.add(heals);
        unit.arrived([`parent/${heals}`]);
      }
      good.push(event);
    }
    if (CountingHandler.isDiskFull) await unit.query(DISK_FULL, []);
    for (const event of good) {
      await unit.query(COUNT, [[event.key], [event.envelope.id]]);
      unit.emit({
        topic: 'canonical.events',
        key: event.key,
        cause: causeOf(event),
        data: { from: event.envelope.id },
        envelope: {
          id: eventId(causeOf(event), 'normalise', event.key, 0),
          source: 'urn:elevnav:normalise',
          type: 'se.elevnav.person.updated',
          subject: event.key,
          sequence: formatSequence(unit.epoch, Number(event.offset)),
        },
      });
    }
  }
}

/** Everything that JavaScript lets code throw, errors and not. */
const THROWN: Readonly<Record<string, unknown>> = {
  TypeError: new TypeError('a fault'),
  SyntaxError: new SyntaxError('a fault'),
  RangeError: new RangeError('a fault'),
  plain: { status: 'error' },
  undefined,
};

function versionOf(data: unknown): number {
  return (data as { version?: number }).version ?? 0;
}

class CreateThing1764000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'create table normalise.thing (key text primary key, effects int not null, last text not null)',
    );
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table normalise.thing');
  }
}

@Module({
  imports: [
    StageModule.register({
      stage: 'normalise',
      migrations: [CreateThing1764000000001],
      inbox: true,
      replaces: ({ data }) => (data as { full?: boolean }).full === true,
      isOlder: ({ data }, parked) => versionOf(data) < versionOf(parked.data),
    }),
  ],
  controllers: [CountingHandler],
})
class CountingModule {}

describe('one topic hop through a stage', () => {
  let services: OwnServices;
  let booted: BootedStage;
  const logged: { level: string; message: string }[] = [];

  const boot = () =>
    bootStage(CountingModule, {
      stage: 'normalise',
      environment: services.environment,
      log: Log.create({
        stage: 'normalise',
        destination: { write: (line) => logged.push(JSON.parse(line) as (typeof logged)[number]) },
      }),
      ownsProcess: false,
      strategies: (app) => [stageTransport(app)],
    });
  const envelope = (id: string): Envelope => ({
    id,
    source: 'urn:elevnav:source:spec',
    type: 'spec.changed',
  });
  const send = (id: string, key: string, data: unknown = {}) =>
    services.produce('source.elevregister', [
      { key, value: JSON.stringify(data), headers: toBinaryHeaders(envelope(id)) },
    ]);
  const effects = async (key: string) => {
    const [row] = await services.query<{ effects: number; last: string }>(
      'select effects, last from normalise.thing where key = $1',
      [key],
    );
    return row;
  };
  const parked = (key: string) =>
    services.query<{ code: string; state: string }>(
      'select code, state from normalise.parked where key = $1 order by id',
      [key],
    );

  beforeAll(async () => {
    allowNullHeaders();
    services = await ownServices('stage');
    booted = await boot();
  });
  afterAll(async () => {
    await booted?.stop();
    await services?.stop();
  });

  it('takes effect once and tells it on', async () => {
    await send('one', 'a');
    await eventually(async () => expect(await effects('a')).toEqual({ effects: 1, last: 'one' }));
    await eventually(async () => {
      const out = await services.readAll('canonical.events');
      expect(out.map(({ value }) => value)).toContain('{"from":"one"}');
    });
  });

  it('drops what a vendor sends twice, and counts it', async () => {
    await send('twice', 'b');
    await send('twice', 'b');
    await send('after', 'b');
    await eventually(async () => expect(await effects('b')).toEqual({ effects: 2, last: 'after' }));
    const filtered = await services.query(
      `select outcome from normalise.filtered where cause = 'urn:elevnav:source:spec twice'`,
    );
    expect(filtered).toEqual([{ outcome: 'filtered:duplicate' }]);
  });

  it('parks what cannot be read, with its reason, and goes on', async () => {
    await services.produce('source.elevregister', [
      { key: 'c', value: 'not json', headers: toBinaryHeaders(envelope('broken')) },
      { key: 'c', value: null, headers: toBinaryHeaders(envelope('empty')) },
      { key: 'c', value: '{"a":"\\u0000"}', headers: toBinaryHeaders(envelope('nul')) },
      { key: 'c', value: '{}', headers: { ce_id: null, ce_source: Buffer.alloc(0) } },
      { key: null, value: '{}', headers: {} },
      {
        key: 'd',
        value: '{}',
        headers: { ...toBinaryHeaders(envelope('doubled')), ce_subject: ['x', 'y'] },
      },
    ]);
    await eventually(async () =>
      expect(await effects('d')).toEqual({ effects: 1, last: 'doubled' }),
    );
    await eventually(async () => expect(await parked('c')).toHaveLength(4));
    expect(await effects('c')).toBeUndefined();
  });

  it('halves a batch until the culprit stands alone, whatever it throws', async () => {
    const kinds = ['TypeError', 'SyntaxError', 'RangeError', 'plain', 'undefined'];
    const records = Array.from({ length: 40 }, (_, i) => {
      const poison = i % 8 === 3 ? kinds[Math.floor(i / 8)] : undefined;
      return {
        key: `e${i}`,
        value: JSON.stringify({ poison }),
        headers: toBinaryHeaders(envelope(`halved-${i}`)),
        partition: 0,
      };
    });
    await services.produce('source.elevregister', records);
    await eventually(async () => expect(await effects('e39')).toBeDefined());
    const rows = await services.query<{ key: string }>(
      `select key from normalise.parked where code = 'bug' and key like 'e%' order by id`,
    );
    expect(rows.map(({ key }) => key)).toEqual(['e3', 'e11', 'e19', 'e27', 'e35']);
    const done = await services.query<{ count: number }>(
      `select count(*)::int as count from normalise.thing where key like 'e%' and effects = 1`,
    );
    expect(done).toEqual([{ count: 35 }]);
  });

  it('lets later events wait behind a parked one, and heals them in order when the parent arrives', async () => {
    await send('child', 'f', { parent: 'p' });
    await eventually(async () => expect(await parked('f')).toHaveLength(1));
    await send('younger', 'f');
    await eventually(async () =>
      expect((await parked('f')).map(({ code }) => code)).toEqual([
        'missing-reference',
        'waits-behind',
      ]),
    );
    await send('parent', 'g', { heals: 'p' });
    await eventually(async () =>
      expect(await effects('f')).toEqual({ effects: 2, last: 'younger' }),
    );
    expect((await parked('f')).map(({ state }) => state)).toEqual(['retried', 'retried']);
  });

  it('heals what waits for one parent together, and lets a fault of ours among them stand alone', async () => {
    for (const n of [1, 2, 3, 4, 5]) {
      await send(`waits-${n}`, `k${n}`, { parent: 'q', ...(n === 3 && { breaks: true }) });
    }
    await eventually(async () => expect(await parked('k5')).toHaveLength(1));
    await send('parent-q', 'l', { heals: 'q' });
    for (const n of [1, 2, 4, 5]) {
      await eventually(async () =>
        expect(await effects(`k${n}`)).toEqual({ effects: 1, last: `waits-${n}` }),
      );
    }
    await eventually(async () =>
      expect(await parked('k3')).toEqual([{ code: 'bug', state: 'parked' }]),
    );
  });

  it('replaces a parked event by a later one with the full state', async () => {
    await send('lost', 'h', { parent: 'never' });
    await eventually(async () => expect(await parked('h')).toHaveLength(1));
    await send('whole', 'h', { full: true });
    await eventually(async () => expect(await effects('h')).toEqual({ effects: 1, last: 'whole' }));
    expect((await parked('h')).map(({ state }) => state)).toEqual(['replaced']);
  });

  it('keeps a parked event when an older one with the full state comes late, and heals it', async () => {
    await send('newest', 'n', { full: true, version: 2, parent: 'r' });
    await eventually(async () => expect(await parked('n')).toHaveLength(1));
    await send('late', 'n', { full: true, version: 1 });
    await eventually(async () => expect(await effects('n')).toEqual({ effects: 1, last: 'late' }));
    await send('parent-r', 'o', { heals: 'r' });
    await eventually(async () =>
      expect(await effects('n')).toEqual({ effects: 2, last: 'newest' }),
    );
    expect((await parked('n')).map(({ state }) => state)).toEqual(['retried']);
  });

  it('goes back to the stored position when the store was restored under it', async () => {
    await send('before', 'i');
    await eventually(async () =>
      expect(await effects('i')).toEqual({ effects: 1, last: 'before' }),
    );
    const [epoch] = await services.query<{ epoch: number }>('select epoch from normalise.epoch');
    await services.query(`delete from normalise.thing where key = 'i'`);
    await services.query(`delete from normalise.inbox where id = 'before'`);
    await services.query(
      'update normalise.position set next_offset = next_offset - 1 where next_offset > 0',
    );
    await services.query(`update normalise.epoch set server_start = '2000-01-01'`);
    await eventually(async () =>
      expect(await effects('i')).toEqual({ effects: 1, last: 'before' }),
    );
    const [raised] = await services.query<{ epoch: number }>('select epoch from normalise.epoch');
    expect(raised!.epoch).toBeGreaterThan(epoch!.epoch);
  });

  it('a transaction that is long under way, and alone, has its events sent when it ends', async () => {
    const stage = booted.app.get(Stage, { strict: false });
    let committing: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (committing = resolve));
    const slow = stage.transaction(async (unit) => {
      // It takes its id from the outbox, and then others come to know of that id long before it ends.
      await unit.query(
        { name: 'spec.take', text: "select nextval('normalise.outbox_id_seq')" },
        [],
      );
      await unit.query(
        {
          name: 'spec.slow',
          text: `insert into normalise.outbox(topic, key, headers, value, cause)
                 values ('canonical.events', 'slow', '{"ce_id":"slow"}', '{"from":"slow"}', 'slow')`,
        },
        [],
      );
      await released;
    });
    await new Promise((resolve) => setTimeout(resolve, 1_000)); // ten reads of the idle relay
    committing();
    await slow;
    await eventually(async () => {
      const out = await services.readAll('canonical.events');
      expect(out.map(({ value }) => value)).toContain('{"from":"slow"}');
    });
  });

  it('writes again where rows of the outbox were taken out', async () => {
    const stage = booted.app.get(Stage, { strict: false });
    const fill = {
      name: 'spec.fill',
      text: `insert into normalise.outbox(topic, key, headers, value, cause)
             select 'canonical.events', 'fill', '{"ce_id":"fill"}', 'null', 'fill' from generate_series(1, $1::int)`,
    };
    const state = async () => {
      const [row] = await services.query<{ bytes: number; vacuums: number }>(
        `select vacuum_count::int as vacuums, pg_relation_size(relid)::int as bytes from pg_stat_user_tables
          where schemaname = 'normalise' and relname = 'outbox'`,
        [],
      );
      return row!;
    };
    const put = (rows: number) =>
      stage.transaction(async (unit) => void (await unit.query(fill, [rows])));
    const before = (await state()).vacuums;
    let once = 0;
    for (let round = 1; round <= 4; round++) {
      await put(5_000);
      await eventually(async () => {
        await put(1); // it may have been resting when the others were taken out
        expect((await state()).vacuums).toBeGreaterThanOrEqual(before + round);
      });
      if (round === 1) once = (await state()).bytes;
    }
    expect((await state()).bytes).toBeLessThan(once * 1.5);
  });

  it('is not ready while PostgreSQL has no room, says so once in the log, and goes on by itself', async () => {
    const linesOf = (words: string) => logged.filter(({ message }) => message.startsWith(words));
    const store = async () => {
      const { checks } = (await (await fetch(`${booted.url}/health/ready`)).json()) as {
        checks: { name: string; ok: boolean; detail: string }[];
      };
      return checks.find(({ name }) => name === 'database');
    };
    CountingHandler.isDiskFull = true;
    await send('no-room', 'm');
    await eventually(async () => expect(await store()).toMatchObject({ ok: false }));
    expect((await store())?.detail).toMatch(/^PostgreSQL has no disk space left, .* since 20/);
    await eventually(() => expect(linesOf('Batches are not stored')).toHaveLength(1));
    expect(linesOf('Batches are not stored')[0]).toMatchObject({
      level: 'warn',
      topics: ['source.elevregister'],
      errorCode: '53100',
    });
    CountingHandler.isDiskFull = false;
    await eventually(async () =>
      expect(await effects('m')).toEqual({ effects: 1, last: 'no-room' }),
    );
    await eventually(() => expect(linesOf('Batches are stored again')).toHaveLength(1));
    expect(await store()).toMatchObject({ ok: true, detail: 'PostgreSQL answers.' });
  });

  it('stops within seconds and goes on where it was', async () => {
    await booted.stop();
    await send('meanwhile', 'j');
    booted = await boot();
    await eventually(async () =>
      expect(await effects('j')).toEqual({ effects: 1, last: 'meanwhile' }),
    );
    const stage = booted.app.get(Stage, { strict: false });
    await eventually(async () =>
      expect(
        await stage.read({ name: 'spec.left', text: 'select 1 from normalise.outbox' }, []),
      ).toEqual([]),
    );
  });
});
