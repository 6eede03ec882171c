import { toBinaryHeaders, formatSequence, type PersonState } from '#canonical';
import { SteppableClock, bootStage, type BootedStage } from '#runtime';
import { Settings, Stage, stageTransport } from '#stage';
import { accessToken, eventually, ownServices, type OwnServices } from '#testing';
import { EntryEppn1764000000202 } from '../migrations/1764000000202-entry-eppn.js';
import {
  CALENDAR,
  INDEPENDENT,
  MATHS,
  MUNICIPALITY,
  UNITS,
  duty,
  enrolment,
  eppn,
  idOf,
  reported,
} from '../rules/testing/given-person.js';
import { TestAccessModule } from '../test-access.module.js';
import type { AccessAnswer } from './answer-question.js';
import { eppnDigest } from './entry-eppn.js';
import { QuestionStore } from './question.store.js';

const REFUSED: AccessAnswer = { allowed: false, why: 'no-usable-entry', entries: [] };
const here = (user: string) => eppn(MUNICIPALITY, user);
const there = (user: string) => eppn(INDEPENDENT, user);

describe('the question whether an EPPN may come in', () => {
  let services: OwnServices;
  let booted: BootedStage;
  let clock: SteppableClock;
  let token: string;
  let sent = 0;

  const boot = (environment: Record<string, string> = {}, isDeaf = false) =>
    bootStage(TestAccessModule, {
      stage: 'test-access',
      environment: { ...services.environment, SCHEDULE_INTERVAL_MS: '500', ...environment },
      clock,
      ownsProcess: false,
      strategies: (app) => (isDeaf ? [] : [stageTransport(app)]),
    });
  const post = (body: string, { type = 'application/json', bearer = token, at = booted } = {}) =>
    fetch(`${at.url}/v1/access/questions`, {
      method: 'POST',
      headers: { 'content-type': type, authorization: `Bearer ${bearer}` },
      body,
    });
  const ask = async (address: string): Promise<AccessAnswer> => {
    const answer = await post(JSON.stringify({ eppn: address }));
    expect(answer.status).toBe(200);
    return (await answer.json()) as AccessAnswer;
  };
  /** The stage learns of a person, and has decided when this resolves. */
  const learns = async (name: string, state: Partial<PersonState>): Promise<void> => {
    const person = personState(name, state);
    await tells('updated', person, { fields: [] });
  };
  const personState = (name: string, state: Partial<PersonState>): PersonState => {
    return {
      id: idOf(name),
      securityMarking: 'Ingen',
      personStatus: 'Aktiv',
      standing: 'present',
      eppns: [],
      enrolments: [],
      duties: [],
      tests: [],
      ...state,
    };
  };
  const tells = async (verb: string, person: PersonState, change: object): Promise<void> => {
    const sequence = formatSequence(1, ++sent);
    const headers = toBinaryHeaders({
      id: idOf(`event ${sent}`),
      source: 'urn:elevnav:normalise',
      type: `se.elevnav.person.${verb}`,
      subject: person.id,
      sequence,
      causationid: `urn:elevnav:source:register event-${sent}`,
    });
    const value = JSON.stringify({ person, change });
    await services.produce('canonical.events', [{ key: person.id, value, headers }]);
    await eventually(async () => {
      const rows = await services.query(
        'select 1 from test_access.person_access where person = $1 and last_sequence = $2',
        [person.id, sequence],
      );
      expect(rows).toHaveLength(1);
    });
  };
  const audited = (about: string) =>
    services.query<{ client: string; outcome: string }>(
      `select client, outcome from test_access.audit where action = 'access.asked' and about = $1 order by number`,
      [about],
    );
  const indexed = async (address: string) =>
    (
      await services.query<{ person: string }>(
        'select person from test_access.entry_eppn where eppn = $1',
        [eppnDigest(address)],
      )
    ).map(({ person }) => person);

  beforeAll(async () => {
    services = await ownServices('question');
    clock = new SteppableClock(new Date('2026-11-10T08:00:00Z'));
    booted = await boot();
    token = await accessToken('log-in-side', ['access:ask']);
    await services.produce('admin.settings', [
      { key: `calendar/${CALENDAR.id}`, value: JSON.stringify(CALENDAR) },
    ]);
    const settings = booted.app.get(Settings, { strict: false });
    await eventually(() => expect(settings.calendars()).toHaveLength(1));
  });
  afterAll(async () => {
    await booted?.stop();
    await services?.stop();
  });

  it('is answered for a pupil: where, with which assurance, for which tests, and why', async () => {
    await learns('a pupil', {
      eppns: [here('pupil')],
      enrolments: [enrolment(MUNICIPALITY, '2026-08-18')],
    });
    const answer = await ask('PUPIL@Municipality.example');
    expect(answer).toMatchObject({
      allowed: true,
      why: 'usable-entry',
      entries: [
        {
          schoolUnit: UNITS[MUNICIPALITY],
          schoolType: 'GR',
          role: 'pupil',
          requiredAssurance: 'none',
          tests: [{ activity: MATHS, state: 'assigned', windowEnd: '2026-11-20' }],
          because: { held: 'enrolment', since: '2026-11-10T08:00:00.000Z' },
        },
      ],
    });
    expect(await audited(idOf('a pupil'))).toEqual([{ client: 'log-in-side', outcome: 'allowed' }]);
  });

  it('tells the school where the pupil writes from the one that is contested', async () => {
    await learns('a pupil of two schools', {
      eppns: [here('two'), there('two')],
      enrolments: [
        enrolment(MUNICIPALITY, '2026-08-18'),
        enrolment(INDEPENDENT, '2026-11-10', { schoolYear: 6 }),
      ],
    });
    expect((await ask(here('two').value)).entries).toMatchObject([
      { schoolUnit: UNITS[MUNICIPALITY], because: { held: 'enrolment' }, tests: [{ activity: MATHS }] },
    ]); // prettier-ignore
    expect((await ask(there('two').value)).entries).toMatchObject([
      { schoolUnit: UNITS[INDEPENDENT], because: { held: 'contested' }, tests: [] },
    ]);
  });

  it('follows a pupil from one EPPN to the next, never without one', async () => {
    const begun = [reported('begun', '2026-11-09T08:00:00Z')];
    const left = enrolment(MUNICIPALITY, '2026-08-18', { endDate: '2026-11-09' });
    await learns('a mover', { eppns: [here('mover')], enrolments: [left], tests: begun });
    expect((await ask(here('mover').value)).entries).toMatchObject([
      { because: { held: 'bridged' }, tests: [{ state: 'begun' }] },
    ]);
    const enrolments = [left, enrolment(INDEPENDENT, '2026-11-10')];
    await learns('a mover', { eppns: [here('mover')], enrolments, tests: begun });
    expect((await ask(here('mover').value)).allowed).toBe(true);
    expect(await ask(there('mover').value)).toEqual(REFUSED);
    await learns('a mover', { eppns: [there('mover'), here('mover')], enrolments, tests: begun });
    expect(await ask(here('mover').value)).toEqual(REFUSED);
    expect((await ask(there('mover').value)).entries).toMatchObject([
      { schoolUnit: UNITS[INDEPENDENT], tests: [{ state: 'begun' }] },
    ]);
    await learns('a mover', { eppns: [there('moved')], enrolments, tests: begun });
    expect(await ask(there('mover').value)).toEqual(REFUSED);
    expect((await ask(there('moved').value)).allowed).toBe(true);
    expect(await indexed(there('mover').value)).toEqual([]);
  });

  it('is answered for staff with two roles, and apart from what they are as pupils', async () => {
    await learns('a head who teaches and studies', {
      eppns: [here('pupil-too'), here('head')],
      enrolments: [
        enrolment(MUNICIPALITY, '2026-08-18', { schoolType: 'VUXGY', schoolYear: undefined }),
      ],
      duties: [
        duty(MUNICIPALITY, '2026-08-01', { dutyRole: 'Rektor' }),
        duty(MUNICIPALITY, '2026-08-01', { dutyRole: 'Lärare' }),
      ],
    });
    const asStaff = await ask(here('head').value);
    expect(asStaff.entries.map(({ role }) => role).sort()).toEqual(['principal', 'teacher']);
    expect(asStaff.entries.map((entry) => entry.requiredAssurance)).toEqual(['loa3', 'loa3']);
    expect((await ask(here('pupil-too').value)).entries).toMatchObject([
      { role: 'pupil', schoolType: 'VUXGY', requiredAssurance: 'none' },
    ]);
  });

  it('says nothing of a protected marking', async () => {
    const enrolments = [enrolment(MUNICIPALITY, '2026-08-18')];
    for (const [name, securityMarking] of [
      ['open', 'Ingen'],
      ['secret', 'Sekretessmarkering'],
      ['hidden', 'Skyddad folkbokföring'],
    ] as const) {
      await learns(name, { eppns: [here(name)], enrolments, securityMarking });
    }
    const withoutIds = async (user: string) =>
      JSON.stringify(await ask(here(user).value)).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id');
    expect(await withoutIds('secret')).toBe(await withoutIds('open'));
    expect(await withoutIds('hidden')).toBe(await withoutIds('open'));
  });

  it('is refused alike for an EPPN that nobody has and for one whose holder may not come in', async () => {
    await learns('a planner', {
      eppns: [here('not-yet')],
      enrolments: [enrolment(MUNICIPALITY, '2026-12-01')],
    });
    await learns('a finisher', {
      eppns: [here('finished')],
      enrolments: [
        enrolment(MUNICIPALITY, '2025-08-18', { endDate: '2026-11-01', endReason: 'completed' }),
      ],
    });
    await learns('a leaver for good', {
      eppns: [here('emigrated')],
      enrolments: [enrolment(MUNICIPALITY, '2026-08-18')],
      personStatus: 'Utvandrad',
    });
    const answers = [];
    for (const user of ['nobody', 'not-yet', 'finished', 'emigrated']) {
      const answer = await post(JSON.stringify({ eppn: here(user).value }));
      const headers = [...answer.headers].filter(([name]) => name !== 'date');
      answers.push({ status: answer.status, headers, body: await answer.text() });
      // The work is the same too: neither is found by its EPPN at all.
      expect(await indexed(here(user).value)).toEqual([]);
      const about = booted.app.get(Stage, { strict: false }).audit.digestOf(`eppn ${here(user).value}`); // prettier-ignore
      expect(await audited(about)).toEqual([{ client: 'log-in-side', outcome: 'refused' }]);
    }
    expect(answers).toEqual(Array(4).fill(answers[0]));
    expect(JSON.parse(answers[0]!.body)).toEqual(REFUSED);
  });

  it('lets nobody in by an EPPN that two have, until a source says whose it is', async () => {
    const enrolments = [enrolment(MUNICIPALITY, '2026-08-18')];
    await learns('the one before', { eppns: [here('reused')], enrolments });
    await learns('the one before', { eppns: [], enrolments });
    expect((await ask(here('reused').value)).allowed).toBe(true);
    await learns('the one now', { eppns: [here('reused')], enrolments });
    expect((await ask(here('reused').value)).allowed).toBe(true);
    expect(await audited(idOf('the one now'))).toHaveLength(1);
    await learns('the one before', { eppns: [here('reused')], enrolments });
    expect(await ask(here('reused').value)).toEqual(REFUSED);
  });

  it('follows the entries of two who turn out to be one', async () => {
    const enrolments = [enrolment(MUNICIPALITY, '2026-08-18')];
    await learns('one half', { eppns: [here('half')], enrolments });
    const duties = [duty(INDEPENDENT, '2026-08-01')];
    await learns('other half', { eppns: [there('half')], duties });
    const whole = { eppns: [here('half'), there('half')], enrolments, duties };
    const merged = {
      from: idOf('other half'),
      fromNumber: sent + 1,
      into: idOf('one half'),
      intoNumber: sent + 1,
    };
    await tells('merged', personState('one half', whole), { merged });
    for (const { value } of [here('half'), there('half')]) {
      expect((await ask(value)).allowed).toBe(true);
      expect(await indexed(value)).toEqual([idOf('one half')]);
    }
  });

  it('finds nothing for a log-in side that acts for another huvudman', async () => {
    const store = booted.app.get(QuestionStore, { strict: false });
    expect(await store.holders(here('pupil').value, MUNICIPALITY)).toHaveLength(1);
    expect(await store.holders(here('pupil').value, INDEPENDENT)).toEqual([]);
  });

  it('is refused without the right scope, and says what is wrong with it without repeating it', async () => {
    const stranger = await accessToken('a-stranger', ['admin:read']);
    expect((await post('{}', { bearer: stranger })).status).toBe(403);
    expect((await post('{}', { bearer: 'x' })).status).toBe(401);
    const long = 'x'.repeat(3_000);
    for (const [body, status, code] of [
      ['{"eppn":"a1 municipality.example"}', 400, 'validation-failed'],
      ['{"eppn":["a1@municipality.example"]}', 400, 'validation-failed'],
      ['{"a1@municipality.example":1}', 400, 'validation-failed'],
      [`{"eppn":"${'a1'.repeat(200)}@municipality.example"}`, 400, 'validation-failed'],
      ['["a1@municipality.example"]', 400, 'validation-failed'],
      ['{"eppn":"a1@municipality.example"', 400, 'malformed-body'],
      [`{"eppn":"${long}a1@municipality.example"}`, 413, 'body-too-large'],
    ] as const) {
      const answer = await post(body);
      const text = await answer.text();
      expect([answer.status, (JSON.parse(text) as { type: string }).type]).toEqual([
        status,
        `urn:elevnav:problem:${code}`,
      ]);
      expect(text).not.toContain('municipality');
    }
    expect((await post('eppn=a1', { type: 'application/x-www-form-urlencoded' })).status).toBe(415);
  });

  it('leaves no EPPN in the audit', async () => {
    const rows = await services.query('select * from test_access.audit');
    expect(rows.length).toBeGreaterThan(20);
    expect(JSON.stringify(rows)).not.toContain('@');
    const { audit } = booted.app.get(Stage, { strict: false });
    expect((await audit.verify({ after: 0, limit: 1e6 })).intact).toBe(true);
  });

  it('finds the same when the index is made from the rows that are there', async () => {
    const rows = () => services.query('select * from test_access.entry_eppn order by eppn, person');
    const kept = await rows();
    expect(kept.length).toBeGreaterThan(5);
    const { database } = booted.app.get(Stage, { strict: false });
    const runner = database.dataSource.createQueryRunner();
    const migration = new EntryEppn1764000000202();
    await migration.down(runner);
    await migration.up(runner);
    await runner.release();
    expect(await rows()).toEqual(kept);
  });

  it('is refused when time alone has ended the entry', async () => {
    await learns('one who left', {
      eppns: [here('left')],
      enrolments: [enrolment(MUNICIPALITY, '2026-08-18', { endDate: '2026-11-09' })],
    });
    expect((await ask(here('left').value)).allowed).toBe(true);
    await clock.set(new Date('2027-03-30T05:00:00Z'));
    expect(await ask(here('left').value)).toEqual(REFUSED);
    expect(await indexed(here('left').value)).toEqual([]);
  });

  it('is put off when a client asks too often', async () => {
    const limits = {
      ACCESS_CLIENT_QUESTIONS_PER_SECOND: '1',
      ACCESS_CLIENT_QUESTIONS_BURST: '2',
    };
    const strict = await boot(limits, true);
    try {
      const body = JSON.stringify({ eppn: here('nobody').value });
      const answers = [];
      for (let asked = 0; asked < 3; asked++) answers.push(await post(body, { at: strict }));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
      expect(answers[2]!.headers.get('retry-after')).toBe('1');
      expect(await answers[2]!.text()).not.toContain('municipality');
    } finally {
      await strict.stop();
    }
  });
});
