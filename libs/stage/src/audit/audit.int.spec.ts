import { Module } from '@nestjs/common';
import { AuthenticationModule, bootStage, type BootedStage } from '#runtime';
import { accessToken, ownServices, type OwnServices } from '#testing';
import { Stage, StageModule } from '../index.js';
import type { AuditEntry } from './audit-entry.js';
import type { AuditVerdict } from './audit-log.js';

@Module({
  imports: [
    StageModule.register({ stage: 'normalise', migrations: [] }),
    AuthenticationModule.register(),
  ],
})
class AuditedModule {}

const ACTOR = { clientId: 'an-administrator', subject: 'somebody', role: 'admin', acr: 'loa3' };
const entry = (about: string, more: Partial<AuditEntry> = {}): AuditEntry => ({
  actor: ACTOR,
  action: 'register.read',
  about,
  outcome: 'done',
  ...more,
});
const WHOLE = { after: 0, limit: 1_000_000 };

describe('the audit of a stage', () => {
  let services: OwnServices;
  let booted: BootedStage;
  let other: BootedStage;
  let stage: Stage;
  let token: string;

  const boot = () =>
    bootStage(AuditedModule, {
      stage: 'normalise',
      environment: services.environment,
      ownsProcess: false,
    });
  const get = async (path: string, authorization = `Bearer ${token}`) => {
    const answer = await fetch(`${booted.url}/v1/audit${path}`, { headers: { authorization } });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  /** Does something to the tables that nobody should, looks whether it is found, and undoes it. */
  const whenTampered = async (...statements: string[]): Promise<AuditVerdict> => {
    await services.query('create table kept as table normalise.audit');
    await services.query('create table kept_head as table normalise.audit_head');
    try {
      for (const statement of statements) await services.query(statement);
      return await stage.audit.verify(WHOLE);
    } finally {
      await services.query(`truncate normalise.audit; insert into normalise.audit table kept; drop table kept;
        update normalise.audit_head h set number = k.number, hash = k.hash from kept_head k; drop table kept_head`);
    }
  };

  beforeAll(async () => {
    services = await ownServices('audit');
    [booted, other] = [await boot(), await boot()];
    stage = booted.app.get(Stage, { strict: false });
    token = await accessToken('an-administrator', ['admin:read']);
  });
  afterAll(async () => {
    await Promise.all([booted?.stop(), other?.stop()]);
    await services?.stop();
  });

  it('is whole before anything has happened', async () => {
    expect(await stage.audit.verify(WHOLE)).toEqual({
      intact: true,
      broken: null,
      verifiedTo: 0,
      isWhole: true,
      head: { number: 0, hash: '' },
    });
  });

  it('is one chain without gaps, however many processes write at once, reads and changes', async () => {
    const stages = [stage, other.app.get(Stage, { strict: false })];
    const written = stages.flatMap((one, process) =>
      Array.from({ length: 200 }, (_, index) =>
        index % 10 === 0
          ? one.transaction((unit) => {
              unit.audit(entry(`change-${process}-${index}`));
              unit.audit(entry(`change-${process}-${index}`));
              return Promise.resolve();
            })
          : one.audit.write(entry(`read-${process}-${index}`)),
      ),
    );
    await Promise.all(written);
    const rows = await services.query<{ number: string; at: Date }>(
      'select number, at from normalise.audit order by number',
    );
    expect(rows.map(({ number }) => Number(number))).toEqual(
      Array.from({ length: 2 * 220 }, (_, index) => index + 1),
    );
    expect(await stage.audit.verify(WHOLE)).toMatchObject({ intact: true, verifiedTo: 440 });
  });

  it('is stored with the change that it tells of, or not at all', async () => {
    const undone = stage.transaction((unit) => {
      unit.audit(entry('undone'));
      return Promise.reject(new Error('the change failed'));
    });
    await expect(undone).rejects.toThrow('the change failed');
    expect(await stage.audit.readAbout('undone', { before: 1e9, limit: 9 })).toEqual([]);
    expect((await stage.audit.verify(WHOLE)).intact).toBe(true);
  });

  it.each([
    ['at', `at + interval '1 microsecond'`],
    ['client', `'another'`],
    ['subject', `'another'`],
    ['role', 'null'],
    ['huvudman', `''`],
    ['acr', `'loa2'`],
    ['action', `'audit.read'`],
    ['about', `'somebody-else'`],
    ['outcome', `'not-found'`],
    ['detail', `''`],
    ['hash', `sha256(hash)`],
  ])('finds an entry whose %s was changed', async (column, to) => {
    const verdict = await whenTampered(
      `update normalise.audit set ${column} = ${to} where number = 17`,
    );
    expect(verdict).toMatchObject({ intact: false, broken: { number: 17, fault: 'altered' }, verifiedTo: 16 }); // prettier-ignore
  });

  it.each<[string, string[], AuditVerdict['broken']]>([
    ['was taken out', ['delete from normalise.audit where number = 300'], { number: 300, fault: 'missing' }],
    ['was the last and taken out', ['delete from normalise.audit where number = 440'], { number: 440, fault: 'missing' }],
    ['changed places with another', [
      'update normalise.audit set number = -1 where number = 20',
      'update normalise.audit set number = 20 where number = 21',
      'update normalise.audit set number = 21 where number = -1',
    ], { number: 20, fault: 'altered' }],
    ['is false and was put behind the end', [
      `insert into normalise.audit select number + 1, at, client, subject, role, huvudman, acr, action, about, outcome, hash
         from normalise.audit where number = 440`,
    ], { number: 441, fault: 'altered' }],
    ['was taken out, and those behind it moved up', [
      'delete from normalise.audit where number = 30',
      'update normalise.audit set number = -number where number > 30',
      'update normalise.audit set number = -number - 1 where number < 0',
      'update normalise.audit_head set number = number - 1',
    ], { number: 30, fault: 'altered' }],
    ['is the end, and the head says another', [`update normalise.audit_head set hash = ''`], { number: 440, fault: 'altered' }],
  ])('finds an entry that %s', async (_what, statements, broken) => {
    expect(await whenTampered(...statements)).toMatchObject({ intact: false, broken });
  }); // prettier-ignore

  it('finds an end that was cut off with its head, by what was noted of it before', async () => {
    const { head } = await stage.audit.verify(WHOLE);
    await stage.audit.write(entry('after what was noted'));
    const withNote = { ...WHOLE, noted: head };
    expect(await stage.audit.verify(withNote)).toMatchObject({ intact: true, verifiedTo: 441 });
    await whenTampered(
      'delete from normalise.audit where number > 400',
      `update normalise.audit_head set number = 400, hash = (select hash from normalise.audit where number = 400)`,
    ).then((verdict) => expect(verdict.intact).toBe(true)); // of itself it cannot be seen
    await services.query('delete from normalise.audit where number > 400');
    await services.query(
      `update normalise.audit_head set number = 400, hash = (select hash from normalise.audit where number = 400)`,
    );
    expect(await stage.audit.verify(withNote)).toMatchObject({
      intact: false,
      broken: { number: 440, fault: 'missing' },
    });
    await stage.audit.write(entry('goes on all the same'));
    expect(await stage.audit.verify(WHOLE)).toMatchObject({ intact: true, verifiedTo: 401 });
  });

  it('answers an administrator in parts, and nobody else', async () => {
    expect(await get('/verify?limit=100')).toMatchObject({
      status: 200,
      body: { intact: true, verifiedTo: 100, isWhole: false, head: { number: 401 } },
    });
    const rest = await get('/verify?after=100');
    expect(rest.body).toMatchObject({ intact: true, verifiedTo: 401, isWhole: true });
    const { number, hash } = rest.body.head as AuditVerdict['head'];
    expect((await get(`/verify?noted=${number}:${hash}`)).body).toMatchObject({ intact: true });
    expect((await get(`/verify?noted=${number}:${'0'.repeat(64)}`)).body).toMatchObject({
      intact: false,
      broken: { number: 401, fault: 'altered' },
    });
    expect((await get('/verify', 'Bearer nonsense')).status).toBe(401);
    const stranger = `Bearer ${await accessToken('audit-stranger', ['feed:read'])}`;
    for (const path of ['/verify', '?about=x'])
      expect((await get(path, stranger)).status).toBe(403);
  });

  it('tells who looked at whom, newest first, and that it was asked', async () => {
    await stage.audit.write(entry('a-person', { outcome: 'not-found' }));
    await stage.audit.write(entry('a-person', { action: 'access.read', detail: 'one of 2' }));
    const first = await get('?about=a-person&limit=1');
    expect(first).toMatchObject({
      status: 200,
      body: { entries: [{ number: 403, client: 'an-administrator', role: 'admin', acr: 'loa3', action: 'access.read', detail: 'one of 2' }] },
    }); // prettier-ignore
    const { entries } = (await get('?about=a-person&before=404')).body as { entries: object[] };
    expect(entries).toMatchObject([
      { number: 403 },
      { number: 402, outcome: 'not-found', detail: null },
    ]);
    const asked = (await get('?about=a-person')).body as { entries: object[] };
    expect(asked.entries[0]).toMatchObject({ action: 'audit.read', client: 'an-administrator' });
    expect((await stage.audit.verify(WHOLE)).intact).toBe(true);
  });

  it.each(['a1@skola.example', '20100314-2385', 'x'.repeat(201), ''])(
    'refuses what is no id, and does not repeat it: %s',
    async (about) => {
      const { status, body } = await get(`?about=${encodeURIComponent(about)}`);
      expect(status).toBe(400);
      if (about !== '') expect(JSON.stringify(body)).not.toContain(about);
    },
  );
});
