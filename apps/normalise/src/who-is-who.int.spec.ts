import { schemaOf } from '#canonical';
import { accessToken, eventually } from '#testing';
import { HERE, NormaliseUnderTest, THERE } from '../test/normalise-under-test.js';

describe('who is who', () => {
  let under: NormaliseUnderTest;

  beforeAll(async () => {
    under = await NormaliseUnderTest.start('who-is-who');
    await under.tellUnits();
  });
  afterAll(() => under?.stop());

  it('a TF number that becomes a known personnummer joins the two: every row of the one is the other’s, sealed anew', async () => {
    const [kommun, fri] = [
      '5d0b5c5e-6a4b-5d8a-9b0e-0b1d9a6f0c11',
      '6e1c6d6f-7b5c-5e9b-8c1f-1c2e0b7a1d22',
    ];
    const number = { civicNo: { value: '201801012392' }, birthDate: '2018-01-01' };
    const tf = { civicNo: { value: '20180101TF01' }, birthDate: '2018-01-01' };
    const eppn = { eduPersonPrincipalNames: ['f1@friskola.example'] };
    const known = await under.says('sis', kommun, '2026-08-18T06:15:22.417+02:00', HERE, number);
    await under.tells(known, 'person.registered', 'enrolment.started');
    const first = await under.says('fri', fri, '2026-09-18T06:15:22.417+02:00', THERE, {
      ...tf,
      ...eppn,
    });
    const [registered] = await under.tells(first, 'person.registered', 'enrolment.started');
    const second = await under.says('fri', fri, '2026-09-19T06:15:22.417+02:00', THERE, {
      ...number,
      ...eppn,
    });
    const events = await under.tellsInAnyOrder(
      second,
      'person.updated',
      'person.merged',
      'person.merged',
    );
    const [one, other] = events.filter(({ type }) => type === 'person.merged');
    expect(schemaOf('canonical.events', one!.headers.ce_type!)!.faults(one!.data)).toEqual([]);
    const survivor = one!.data.person;
    expect(other!.data).toEqual(one!.data);
    expect([one!.key, other!.key].sort()).toEqual([survivor.id, registered!.key!].sort());
    expect(survivor.enrolments.map(({ huvudman }) => huvudman).sort()).toEqual([
      'friskola1',
      'kommunen1',
    ]);
    const left = await under.services.query(
      `select 1 from normalise.claim where person = $1 union all select 1 from normalise.identifier where person = $1`,
      [registered!.key === survivor.id ? other!.key : registered!.key],
    );
    expect(left).toEqual([]);
    const third = await under.says('fri', fri, '2026-09-20T06:15:22.417+02:00', THERE, {
      ...number,
      eduPersonPrincipalNames: ['f2@friskola.example'],
    });
    const [updated] = await under.tells(third, 'person.updated');
    expect(updated!.key).toBe(survivor.id);
    const hidden = { ...number, ...eppn, securityMarking: 'Skyddad folkbokföring' };
    const fourth = await under.says('fri', fri, '2026-09-21T06:15:22.417+02:00', THERE, hidden);
    const apart = await under.tellsInAnyOrder(
      fourth,
      'person.separated',
      'person.separated',
      'person.protected',
      'person.updated',
    );
    expect(new Set(apart.map(({ key }) => key)).size).toBe(2);
    const fifth = await under.says('fri', fri, '2026-09-22T06:15:22.417+02:00', THERE, {
      ...number,
      ...eppn,
    });
    await under.tellsInAnyOrder(fifth, 'person.unprotected', 'person.merged', 'person.merged');
  });

  it('a contradiction asks a human, whose answer lets the event through or gives it up', async () => {
    const reader = await accessToken('registrar', ['admin:read']);
    const authorised = await accessToken('registrar', ['admin:read', 'admin:protected']);
    const questions = async (token: string) => {
      const headers = { authorization: `Bearer ${token}` };
      const body = await (await fetch(`${under.stage.url}/v1/questions`, { headers })).json();
      return (body as { questions: { question: string; default: string; events: number }[] })
        .questions;
    };
    const answer = (question: string, says: string) =>
      under.command({ name: 'answer', question, answer: says }, question);
    const known = '1d0c4c5d-4a3b-5c7a-8a9d-9a0c8e5f0b00';
    const taken = await under.says('sis', known, '2026-08-18T06:15:22.417+02:00', HERE);
    await under.tells(taken, 'person.registered', 'enrolment.started');
    const bo = '7f2d7e70-8c6d-5fac-9d20-2d3f1c8b2e33';
    const said = { givenName: 'Bo', familyName: 'Annan' };
    const unlike = await under.says('fri', bo, '2026-10-18T06:15:22.417+02:00', THERE, said);
    await under.parkedAs(unlike, 'contradiction');
    const [asked, ...more] = await questions(reader);
    expect(more).toEqual([]);
    expect(asked).toMatchObject({ default: 'reject', events: 1 });
    await answer('question/unlike/00000000000000000000000000000000', 'same-person');
    await answer(asked!.question, 'different-persons');
    await under.tells(unlike, 'person.registered', 'enrolment.started');
    expect(await questions(reader)).toEqual([]);

    const changed = { ...said, civicNo: { value: '201701012393' }, birthDate: '2017-01-01' };
    const first = await under.says('fri', bo, '2026-10-19T06:15:22.417+02:00', THERE, changed);
    await under.parkedAs(first, 'contradiction');
    expect(await questions(reader)).toEqual([]);
    const [hidden] = await questions(authorised);
    expect(hidden).toMatchObject({ default: 'different-persons' });
    await answer(hidden!.question, 'reject');
    await eventually(async () => expect(await questions(authorised)).toEqual([]));
    const rows = await under.services.query('select state from normalise.parked where cause = $1', [
      first,
    ]);
    expect(rows).toEqual([{ state: 'discarded' }]);
    const audited = await under.services.query<{ outcome: string }>(
      `select outcome from normalise.audit where action = 'command.applied' order by number`,
    );
    expect(audited.map(({ outcome }) => outcome)).toEqual(['refused', 'done', 'done']);
  });

  it('a claim that a human says is somebody else’s becomes a new person’s, and stays so', async () => {
    const number = { civicNo: { value: '201601012394' }, birthDate: '2016-01-01' };
    const [here, there] = [
      '8a3e8f81-9d7e-50bd-ae31-3e4a2d9c3f44',
      '9b4f9a92-ae8f-51ce-bf42-4f5b3ead4055',
    ];
    const first = await under.says('sis', here, '2026-10-18T06:15:22.417+02:00', HERE, number);
    const [registered] = await under.tells(first, 'person.registered', 'enrolment.started');
    const second = await under.says('fri', there, '2026-10-18T06:15:22.417+02:00', THERE, number);
    await under.tells(second, 'enrolment.started');
    const { id } = registered!.data.person;
    const given = await under.command(
      { name: 'separate', person: id, source: 'fri', localId: there },
      id,
    );
    const events = await under.tellsInAnyOrder(given, 'person.separated', 'person.separated');
    const apart = events.find(({ key }) => key !== id)!.data.person;
    expect(apart.enrolments.map(({ huvudman }) => huvudman)).toEqual(['friskola1']);
    const again = { ...number, eduPersonPrincipalNames: ['g1@friskola.example'] };
    const third = await under.says('fri', there, '2026-10-19T06:15:22.417+02:00', THERE, again);
    const [updated] = await under.tells(third, 'person.updated');
    expect(updated!.key).toBe(apart.id);
  });

  it('a person who is erased leaves nothing behind, and is a new person on return', async () => {
    const number = { civicNo: { value: '201501012395' }, birthDate: '2015-01-01' };
    const gone = 'ac50ab03-bf90-52df-8053-5a6c4fbe5166';
    const first = await under.says('sis', gone, '2026-10-18T06:15:22.417+02:00', HERE, number);
    const [registered] = await under.tells(first, 'person.registered', 'enrolment.started');
    const { id } = registered!.data.person;
    const [erased] = await under.tells(
      await under.command({ name: 'erase', person: id }, id),
      'person.erased',
    );
    expect(erased!.data.person).toMatchObject({
      id,
      standing: 'erased',
      enrolments: [],
      eppns: [],
    });
    const [row] = await under.services.query<{ key: Buffer }>(
      'select key from normalise.person where id = $1',
      [id],
    );
    expect(row!.key).toHaveLength(0);
    const claims = await under.services.query(
      'select person, sealed, number_digest, doc from normalise.claim where local_id = $1',
      [gone],
    );
    expect(claims).toMatchObject([
      { person: null, sealed: null, number_digest: null, doc: { enrolments: [] } },
    ]);
    expect(
      await under.services.query('select 1 from normalise.identifier where person = $1', [id]),
    ).toEqual([]);
    const older = await under.says('sis', gone, '2026-10-17T06:15:22.417+02:00', HERE, number);
    await eventually(async () => {
      const rows = await under.services.query(
        'select outcome from normalise.filtered where cause = $1',
        [older],
      );
      expect(rows).toEqual([{ outcome: 'filtered:older' }]);
    });
    const back = await under.says('sis', gone, '2026-11-18T06:15:22.417+02:00', HERE, number);
    const [again] = await under.tells(back, 'person.registered', 'enrolment.started');
    expect(again!.data.person.id).not.toBe(id);
  });

  it('a new master key wraps every person’s key while the stage runs, and the old one is needed no more', async () => {
    const [old] = under.services.environment['MASTER_KEYS']!.split(',');
    const next = `next:${Buffer.alloc(32, 9).toString('base64')}`;
    await under.restart({ MASTER_KEYS: `${next},${old}` });
    await eventually(async () => {
      const rows = await under.services.query<{ by: string }>(
        `select distinct convert_from(substring(key from 2 for get_byte(key, 0)), 'utf8') as by from normalise.person where key <> ''`,
      );
      expect(rows).toEqual([{ by: 'next' }]);
    });
    await under.restart({ MASTER_KEYS: next });
    const number = { civicNo: { value: '201501012395' }, birthDate: '2015-01-01' };
    const joined = 'bd61bc14-c0a1-53e0-9164-6b7d50cf6277';
    const cause = await under.says('fri', joined, '2026-11-19T06:15:22.417+02:00', THERE, number);
    await under.tells(cause, 'enrolment.started'); // the sealed names were opened and agreed
  });
});
