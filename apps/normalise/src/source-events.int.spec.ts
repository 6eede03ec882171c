import { adapterNamed } from '#adapters';
import { SCHEMAS, nationalId, schemaOf, sourceUrn, toBinaryHeaders, type PersonState, type Setting } from '#canonical'; // prettier-ignore
import { bootStage, type BootedStage } from '#runtime';
import { stageTransport } from '#stage';
import { accessToken, eventually, ownServices, type OwnServices } from '#testing';
import { NormaliseModule } from './normalise.module.js';

const HERE = nationalId('31279295');
const THERE = nationalId('12345674');
const PUPIL = 'f12a9df6-1b38-559e-8b92-b2d701af1978';
const CANARIES = ['Kanariesson', '201003142385', 'Åstakanarie'];

const contract = { marking: 'field', completeness: 'full', silenceHours: 24 } as const;
const source = (id: string, huvudman: string | null, sourceKind: string, adapter: string) =>
  ({ kind: 'source', id, huvudman, sourceKind, adapter, clients: ['c'], contract }) as Setting;
const huvudman = (id: string, organisationNumber: string): Setting => ({
  kind: 'huvudman',
  id,
  displayName: id,
  organisationNumber,
  owner: 'municipal',
  subscriberClients: [],
});
const SETTINGS: Setting[] = [
  huvudman('kommunen1', '2120000001'),
  huvudman('friskola1', '5560000001'),
  source('sis', 'kommunen1', 'elevregister', 'ss12000'),
  source('fri', 'friskola1', 'elevregister', 'ss12000'),
  source('absence', 'kommunen1', 'absence', 'ss12000-attendance'),
  source('platform', 'kommunen1', 'learning-platform', 'canvas'),
  source('tests', null, 'test-platform', 'test-platform'),
  source('units', null, 'school-units', 'school-units'),
];

describe('source events become canonical events', () => {
  let services: OwnServices;
  let booted: BootedStage;
  let sent = 0;

  const send = async (from: string, type: string, data: object, key = 'one object') => {
    const setting = SETTINGS.find(({ id }) => id === from);
    if (setting?.kind !== 'source') throw new Error('no such source');
    const admission = adapterNamed(setting.adapter)!.admit({ type, data });
    if (!admission.ok) throw new Error(JSON.stringify(admission.issues));
    const envelope = {
      id: `event-${++sent}`,
      source: sourceUrn(from),
      type,
      time: '2026-08-18T06:00:00Z',
    };
    await services.produce(`source.${setting.sourceKind}`, [
      {
        key: `${from} ${key}`,
        value: JSON.stringify(admission.data),
        headers: toBinaryHeaders(envelope),
      },
    ]);
    return `${envelope.source} ${envelope.id}`;
  };
  const person = (id: string, modified: string, unit: string, more: object = {}) => ({
    id,
    meta: { created: '2026-08-01T08:00:00+02:00', modified },
    givenName: 'Åstakanarie',
    familyName: 'Kanariesson',
    civicNo: { value: '201003142385' },
    birthDate: '2010-03-14',
    securityMarking: 'Ingen',
    personStatus: 'Aktiv',
    eduPersonPrincipalNames: [],
    enrolments: [
      {
        enroledAt: { id: unit },
        schoolType: 'GR',
        schoolYear: 9,
        startDate: '2026-08-17',
        cancelled: false,
      },
    ],
    ...more,
  });
  const unit = (code: string, organisationNumber: string) => ({
    meta: {
      extractDate: '2026-08-02T00:06:11.02+02:00',
      created: '2015-01-01',
      modified: '2026-06-14',
    },
    data: {
      type: 'schoolunit',
      schoolUnitCode: code,
      attributes: {
        displayName: 'Testskolan',
        status: 'AKTIV',
        schoolUnitType: 'SKOLENHET',
        municipalityCode: '0180',
        schoolTypes: ['GR'],
        startdate: '2015-07-01',
      },
    },
    included: { type: 'organization', organizationNumber: organisationNumber },
  });
  const told = async (cause: string) =>
    (await services.readAll('canonical.events'))
      .filter(({ headers }) => headers.ce_causationid === cause)
      .map(({ headers, key, value }) => ({
        type: headers.ce_type!.slice('se.elevnav.'.length),
        headers,
        key,
        data: JSON.parse(value!) as { person: PersonState },
      }));
  const tells = (cause: string, ...types: string[]) =>
    eventually(async () => {
      const events = await told(cause);
      expect(events.map(({ type }) => type)).toEqual(types);
      return events;
    });
  const command = async (what: object, target: string): Promise<string> => {
    const envelope = {
      id: `command-${++sent}`,
      source: 'urn:elevnav:dashboard',
      type: 'se.elevnav.command.given',
    };
    const by = { clientId: 'registrar', subject: 'registrar' };
    await services.produce('admin.commands', [
      {
        key: target,
        value: JSON.stringify({ command: what, by, at: '2026-10-20T08:00:00Z' }),
        headers: toBinaryHeaders(envelope),
      },
    ]);
    return `${envelope.source} ${envelope.id}`;
  };
  /** As `tells`, of persons whose events lie in different partitions, so that only their number is certain. */
  const tellsInAnyOrder = (cause: string, ...types: string[]) =>
    eventually(async () => {
      const events = await told(cause);
      expect(events.map(({ type }) => type).sort()).toEqual([...types].sort());
      return events;
    });
  const parkedAs = (cause: string, code: string) =>
    eventually(async () => {
      const rows = await services.query('select code from normalise.parked where cause = $1', [
        cause,
      ]);
      expect(rows).toEqual([{ code }]);
    });

  const boot = (more: Record<string, string> = {}) =>
    bootStage(NormaliseModule, {
      stage: 'normalise',
      environment: { ...services.environment, ...more },
      ownsProcess: false,
      strategies: (app) => [stageTransport(app)],
    });

  beforeAll(async () => {
    services = await ownServices('normalise');
    booted = await boot();
    await services.produce(
      'admin.settings',
      SETTINGS.map((setting) => ({
        key: `${setting.kind}/${setting.id}`,
        value: JSON.stringify(setting),
      })),
    );
  });
  afterAll(async () => {
    await booted?.stop();
    await services?.stop();
  });

  it('a pupil who came before the school unit is registered when the unit comes', async () => {
    const early = await send(
      'sis',
      'ss12000.person.changed',
      person(PUPIL, '2026-08-18T06:15:22.417+02:00', HERE),
    );
    await parkedAs(early, 'missing-reference');
    await send('units', 'school-units.unit.changed', unit('31279295', '2120000001'), 'here');
    await send('units', 'school-units.unit.changed', unit('12345674', '5560000001'), 'there');
    const [registered, started] = await tells(early, 'person.registered', 'enrolment.started');
    expect(registered!.key).toBe(registered!.data.person.id);
    expect(started!.headers.ce_sequence! > registered!.headers.ce_sequence!).toBe(true);
    expect(started!.headers.ce_schoolunit).toBe('31279295');
    expect(schemaOf('canonical.events', started!.headers.ce_type!)!.faults(started!.data)).toEqual(
      [],
    );
  });

  it('the same event twice is told once', async () => {
    const [row] = await services.query<{ count: number }>(
      'select count(*)::int as count from normalise.person',
    );
    expect(row).toEqual({ count: 1 });
    const again = await send(
      'sis',
      'ss12000.person.changed',
      person(PUPIL, '2026-08-18T06:15:22.417+02:00', HERE),
    );
    await eventually(async () => {
      const rows = await services.query('select outcome from normalise.filtered where cause = $1', [
        again,
      ]);
      expect(rows).toEqual([{ outcome: 'filtered:duplicate' }]);
    });
  });

  it('the account, the test and the absence are the pupil’s', async () => {
    const account = await send('platform', 'canvas.user_updated', {
      metadata: {
        event_name: 'user_updated',
        event_time: '2026-08-19T08:00:00.000Z',
        producer: 'canvas',
      },
      body: {
        created_at: '2026-08-18T05:39:59Z',
        updated_at: '2026-08-19T07:59:59Z',
        name: 'Kanariesson',
        short_name: 'K',
        user_id: '21070000000025999',
        user_login: 'k7m2q9@skola.example',
        user_sis_id: PUPIL,
        workflow_state: 'registered',
      },
    });
    const [updated] = await tells(account, 'person.updated');
    expect(updated!.data.person.eppns).toEqual([
      { value: 'k7m2q9@skola.example', huvudman: 'kommunen1', source: 'platform' },
    ]);
    const begun = await send('tests', 'test-platform.test.begun', {
      assignmentId: '8a4b7f0e-5d0b-5a35-9a52-6c1b0c3f9f10',
      eppn: 'k7m2q9@skola.example',
      activity: '25fe03a1-404d-505e-95ad-329ba05d2af6',
      at: '2026-11-03T09:00:00+01:00',
    });
    await tells(begun, 'test.begun');
    const absence = await send('absence', 'ss12000.absence.reported', {
      id: 'e2af1677-9223-5f7b-bcbb-e2894c45bf67',
      meta: { created: '2026-08-17T07:30:00+02:00', modified: '2026-09-01T06:15:22.417+02:00' },
      startTime: '2026-09-01T08:00:00+02:00',
      endTime: '2026-09-01T16:00:00+02:00',
      type: 'Anmäld frånvaro',
      student: { id: PUPIL },
      organisation: { id: HERE },
    });
    const [reported] = await tells(absence, 'absence.reported');
    expect(SCHEMAS.person.faults(reported!.data)).toEqual([]);
    expect(reported!.data.person.tests).toMatchObject([{ state: 'begun' }]);
  });

  it('a pupil who moves stays one person, with the begun test', async () => {
    const joined = await send(
      'fri',
      'ss12000.person.changed',
      person('3c3e0c4e-0000-4000-8000-000000000009', '2026-10-01T08:00:00+02:00', THERE),
    );
    const [started] = await tells(joined, 'enrolment.started');
    expect(started!.data.person.enrolments.map(({ schoolUnit }) => schoolUnit).sort()).toEqual([
      '12345674',
      '31279295',
    ]);
    expect(started!.data.person.tests).toMatchObject([{ state: 'begun' }]);
    const left = await send('sis', 'ss12000.person.deleted', {
      id: PUPIL,
      meta: { modified: '2026-10-02T08:00:00+02:00' },
    });
    const events = await tells(left, 'person.withdrawn', 'enrolment.ended');
    expect(events[0]!.data.person.standing).toBe('present');
    const late = await send(
      'sis',
      'ss12000.person.changed',
      person(PUPIL, '2026-09-20T08:00:00+02:00', HERE),
    );
    await eventually(async () => {
      const rows = await services.query('select outcome from normalise.filtered where cause = $1', [
        late,
      ]);
      expect(rows).toEqual([{ outcome: 'filtered:older' }]);
    });
  });

  it('a pupil’s two huvudmän may speak in one batch', async () => {
    const [here, there] = [
      '5d3e0c4e-0000-4000-8000-00000000000a',
      '5d3e0c4e-0000-4000-8000-00000000000b',
    ];
    const record = (from: string, id: string, modified: string, unit: string, endDate?: string) => {
      const pupil = person(id, modified, unit, { civicNo: { value: '189001019802' } });
      const data = { ...pupil, birthDate: '1890-01-01' };
      if (endDate !== undefined) Object.assign(data.enrolments[0]!, { endDate });
      const envelope = {
        id: `event-${++sent}`,
        source: sourceUrn(from),
        type: 'ss12000.person.changed',
      };
      const headers = toBinaryHeaders(envelope);
      const cause = `${envelope.source} ${envelope.id}`;
      return { cause, key: id, value: JSON.stringify(data), headers, partition: 0 };
    };
    const known = record('sis', here, '2026-10-01T08:00:00+02:00', HERE);
    await services.produce('source.elevregister', [known]);
    await tells(known.cause, 'person.registered', 'enrolment.started');
    const joined = record('fri', there, '2026-11-01T08:00:00+02:00', THERE);
    const left = record('sis', here, '2026-11-01T08:00:00+02:00', HERE, '2026-10-31');
    await services.produce('source.elevregister', [joined, left]);
    await tells(joined.cause, 'enrolment.started');
    const [ended] = await tells(left.cause, 'enrolment.ended');
    expect(ended!.data.person.enrolments).toHaveLength(2);
  });

  it('a class and a teacher are told of, and the class waits for a pupil whom nobody has sent', async () => {
    const group = {
      id: 'd1d1c5ac-7d6d-53f6-b077-f2c278c98c41',
      meta: { created: '2026-08-17T07:30:00+02:00', modified: '2026-08-18T06:15:22.417+02:00' },
      displayName: '9A MA',
      startDate: '2026-08-17',
      groupType: 'Undervisning',
      schoolType: 'GR',
      organisation: { id: HERE },
      groupMemberships: [{ person: { id: PUPIL } }],
    };
    await tells(await send('sis', 'ss12000.group.changed', group, 'class'), 'group.started');
    const later = { ...group, meta: { ...group.meta, modified: '2026-08-19T06:15:22+02:00' } };
    later.groupMemberships = [
      { person: { id: PUPIL } },
      { person: { id: '7f4a8f0e-0000-4000-8000-00000000000b' } },
    ];
    await parkedAs(await send('sis', 'ss12000.group.changed', later, 'class'), 'missing-reference');
    const duty = await send(
      'sis',
      'ss12000.duty.changed',
      {
        id: 'c0f9cbe4-0000-4000-8000-00000000000c',
        meta: { created: '2026-08-17T07:30:00+02:00', modified: '2026-08-18T06:15:22.417+02:00' },
        person: { id: PUPIL },
        dutyAt: { id: HERE },
        dutyRole: 'Lärare',
        startDate: '2026-08-01',
      },
      'duty',
    );
    const [started] = await tells(duty, 'duty.started');
    expect(started!.data.person.duties).toMatchObject([
      { dutyRole: 'Lärare', schoolUnit: '31279295' },
    ]);
  });

  it('another huvudman’s unit, an unknown source and broken data are parked with the reason', async () => {
    await parkedAs(
      await send(
        'sis',
        'ss12000.person.changed',
        person('5e1f0000-0000-4000-8000-00000000000d', '2026-08-18T06:15:22+02:00', THERE, {
          civicNo: null,
        }),
        'elsewhere',
      ),
      'unit-not-yours',
    );
    const headers = toBinaryHeaders({
      id: 'x',
      source: sourceUrn('nobody'),
      type: 'ss12000.person.changed',
    });
    await services.produce('source.elevregister', [{ key: 'x', value: '{}', headers }]);
    await parkedAs(`${sourceUrn('nobody')} x`, 'unknown-source');
    const wrong = person(
      '5e1f0000-0000-4000-8000-00000000000e',
      '2026-08-18T06:15:22+02:00',
      HERE,
      { civicNo: { value: '201003142386' } },
    );
    await parkedAs(await send('sis', 'ss12000.person.changed', wrong, 'wrong'), 'bad-data');
  });

  it('neither names nor numbers lie in the clear in the register or on any topic of ours', async () => {
    const tables = [
      'person',
      'claim',
      'identifier',
      'source_object',
      'source_organisation',
      'school_unit',
      'outbox',
      'filtered',
    ];
    const stored = await Promise.all(
      tables.map((table) => services.query(`select t::text from normalise.${table} as t`)),
    );
    const topics = await Promise.all(
      ['canonical.events', 'findings', 'trail'].map((topic) => services.readAll(topic)),
    );
    const everything = JSON.stringify([stored, topics]);
    expect(everything).toContain('k7m2q9@skola.example');
    for (const canary of CANARIES) {
      expect(everything).not.toContain(canary);
      // A payload that slipped out as bytes reads as a list of numbers.
      expect(everything).not.toContain([...Buffer.from(canary)].join(','));
    }
  });

  it('the register is closed to callers without a token', async () => {
    const answer = await fetch(`${booted.url}/v1/register/persons/${HERE}`);
    expect(answer.status).toBe(401);
  });

  it('a TF number that becomes a known personnummer joins the two: every row of the one is the other’s, sealed anew', async () => {
    const [kommun, fri] = [
      '5d0b5c5e-6a4b-5d8a-9b0e-0b1d9a6f0c11',
      '6e1c6d6f-7b5c-5e9b-8c1f-1c2e0b7a1d22',
    ];
    const number = { civicNo: { value: '201801012392' }, birthDate: '2018-01-01' };
    const tf = { civicNo: { value: '20180101TF01' }, birthDate: '2018-01-01' };
    const eppn = { eduPersonPrincipalNames: ['f1@friskola.example'] };
    const known = await send(
      'sis',
      'ss12000.person.changed',
      person(kommun, '2026-08-18T06:15:22.417+02:00', HERE, number),
      kommun,
    );
    await tells(known, 'person.registered', 'enrolment.started');
    const first = await send(
      'fri',
      'ss12000.person.changed',
      person(fri, '2026-09-18T06:15:22.417+02:00', THERE, { ...tf, ...eppn }),
      fri,
    );
    const [registered] = await tells(first, 'person.registered', 'enrolment.started');
    const second = await send(
      'fri',
      'ss12000.person.changed',
      person(fri, '2026-09-19T06:15:22.417+02:00', THERE, { ...number, ...eppn }),
      fri,
    );
    const events = await tellsInAnyOrder(
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
    const left = await services.query(
      `select 1 from normalise.claim where person = $1 union all select 1 from normalise.identifier where person = $1`,
      [registered!.key === survivor.id ? other!.key : registered!.key],
    );
    expect(left).toEqual([]);
    const third = await send(
      'fri',
      'ss12000.person.changed',
      person(fri, '2026-09-20T06:15:22.417+02:00', THERE, {
        ...number,
        eduPersonPrincipalNames: ['f2@friskola.example'],
      }),
      fri,
    );
    const [updated] = await tells(third, 'person.updated');
    expect(updated!.key).toBe(survivor.id);
    const hidden = { ...number, ...eppn, securityMarking: 'Skyddad folkbokföring' };
    const fourth = await send(
      'fri',
      'ss12000.person.changed',
      person(fri, '2026-09-21T06:15:22.417+02:00', THERE, hidden),
      fri,
    );
    const apart = await tellsInAnyOrder(
      fourth,
      'person.separated',
      'person.separated',
      'person.protected',
      'person.updated',
    );
    expect(new Set(apart.map(({ key }) => key)).size).toBe(2);
    const fifth = await send(
      'fri',
      'ss12000.person.changed',
      person(fri, '2026-09-22T06:15:22.417+02:00', THERE, { ...number, ...eppn }),
      fri,
    );
    await tellsInAnyOrder(fifth, 'person.unprotected', 'person.merged', 'person.merged');
  });

  it('a contradiction asks a human, whose answer lets the event through or gives it up', async () => {
    const reader = await accessToken('registrar', ['admin:read']);
    const authorised = await accessToken('registrar', ['admin:read', 'admin:protected']);
    const questions = async (token: string) => {
      const headers = { authorization: `Bearer ${token}` };
      const body = await (await fetch(`${booted.url}/v1/questions`, { headers })).json();
      return (body as { questions: { question: string; default: string; events: number }[] })
        .questions;
    };
    const answer = (question: string, says: string) =>
      command({ name: 'answer', question, answer: says }, question);
    const bo = '7f2d7e70-8c6d-5fac-9d20-2d3f1c8b2e33';
    const said = { givenName: 'Bo', familyName: 'Annan' };
    const unlike = await send(
      'fri',
      'ss12000.person.changed',
      person(bo, '2026-10-18T06:15:22.417+02:00', THERE, said),
      bo,
    );
    await parkedAs(unlike, 'contradiction');
    const [asked, ...more] = await questions(reader);
    expect(more).toEqual([]);
    expect(asked).toMatchObject({ default: 'reject', events: 1 });
    await answer('question/unlike/00000000000000000000000000000000', 'same-person');
    await answer(asked!.question, 'different-persons');
    await tells(unlike, 'person.registered', 'enrolment.started');
    expect(await questions(reader)).toEqual([]);

    const changed = { ...said, civicNo: { value: '201701012393' }, birthDate: '2017-01-01' };
    const first = await send(
      'fri',
      'ss12000.person.changed',
      person(bo, '2026-10-19T06:15:22.417+02:00', THERE, changed),
      bo,
    );
    await parkedAs(first, 'contradiction');
    expect(await questions(reader)).toEqual([]);
    const [hidden] = await questions(authorised);
    expect(hidden).toMatchObject({ default: 'different-persons' });
    await answer(hidden!.question, 'reject');
    await eventually(async () => expect(await questions(authorised)).toEqual([]));
    const rows = await services.query('select state from normalise.parked where cause = $1', [
      first,
    ]);
    expect(rows).toEqual([{ state: 'discarded' }]);
    const audited = await services.query<{ outcome: string }>(
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
    const first = await send(
      'sis',
      'ss12000.person.changed',
      person(here, '2026-10-18T06:15:22.417+02:00', HERE, number),
      here,
    );
    const [registered] = await tells(first, 'person.registered', 'enrolment.started');
    const second = await send(
      'fri',
      'ss12000.person.changed',
      person(there, '2026-10-18T06:15:22.417+02:00', THERE, number),
      there,
    );
    await tells(second, 'enrolment.started');
    const { id } = registered!.data.person;
    const given = await command(
      { name: 'separate', person: id, source: 'fri', localId: there },
      id,
    );
    const events = await tellsInAnyOrder(given, 'person.separated', 'person.separated');
    const apart = events.find(({ key }) => key !== id)!.data.person;
    expect(apart.enrolments.map(({ huvudman }) => huvudman)).toEqual(['friskola1']);
    const again = { ...number, eduPersonPrincipalNames: ['g1@friskola.example'] };
    const third = await send(
      'fri',
      'ss12000.person.changed',
      person(there, '2026-10-19T06:15:22.417+02:00', THERE, again),
      there,
    );
    const [updated] = await tells(third, 'person.updated');
    expect(updated!.key).toBe(apart.id);
  });

  it('a person who is erased leaves nothing behind, and is a new person on return', async () => {
    const number = { civicNo: { value: '201501012395' }, birthDate: '2015-01-01' };
    const gone = 'ac50ab03-bf90-52df-8053-5a6c4fbe5166';
    const first = await send(
      'sis',
      'ss12000.person.changed',
      person(gone, '2026-10-18T06:15:22.417+02:00', HERE, number),
      gone,
    );
    const [registered] = await tells(first, 'person.registered', 'enrolment.started');
    const { id } = registered!.data.person;
    const [erased] = await tells(await command({ name: 'erase', person: id }, id), 'person.erased');
    expect(erased!.data.person).toMatchObject({
      id,
      standing: 'erased',
      enrolments: [],
      eppns: [],
    });
    const [row] = await services.query<{ key: Buffer }>(
      'select key from normalise.person where id = $1',
      [id],
    );
    expect(row!.key).toHaveLength(0);
    const claims = await services.query(
      'select person, sealed, number_digest, doc from normalise.claim where local_id = $1',
      [gone],
    );
    expect(claims).toMatchObject([
      { person: null, sealed: null, number_digest: null, doc: { enrolments: [] } },
    ]);
    expect(
      await services.query('select 1 from normalise.identifier where person = $1', [id]),
    ).toEqual([]);
    const older = await send(
      'sis',
      'ss12000.person.changed',
      person(gone, '2026-10-17T06:15:22.417+02:00', HERE, number),
      gone,
    );
    await eventually(async () => {
      const rows = await services.query('select outcome from normalise.filtered where cause = $1', [
        older,
      ]);
      expect(rows).toEqual([{ outcome: 'filtered:older' }]);
    });
    const back = await send(
      'sis',
      'ss12000.person.changed',
      person(gone, '2026-11-18T06:15:22.417+02:00', HERE, number),
      gone,
    );
    const [again] = await tells(back, 'person.registered', 'enrolment.started');
    expect(again!.data.person.id).not.toBe(id);
  });

  it('a new master key wraps every person’s key while the stage runs, and the old one is needed no more', async () => {
    const [old] = services.environment['MASTER_KEYS']!.split(',');
    const next = `next:${Buffer.alloc(32, 9).toString('base64')}`;
    await booted.stop();
    booted = await boot({ MASTER_KEYS: `${next},${old}` });
    await eventually(async () => {
      const rows = await services.query<{ by: string }>(
        `select distinct convert_from(substring(key from 2 for get_byte(key, 0)), 'utf8') as by from normalise.person where key <> ''`,
      );
      expect(rows).toEqual([{ by: 'next' }]);
    });
    await booted.stop();
    booted = await boot({ MASTER_KEYS: next });
    const number = { civicNo: { value: '201501012395' }, birthDate: '2015-01-01' };
    const joined = 'bd61bc14-c0a1-53e0-9164-6b7d50cf6277';
    const cause = await send(
      'fri',
      'ss12000.person.changed',
      person(joined, '2026-11-19T06:15:22.417+02:00', THERE, number),
      joined,
    );
    await tells(cause, 'enrolment.started'); // the sealed names were opened and agreed
  });
});
