import { SCHEMAS, schemaOf, sourceUrn, toBinaryHeaders } from '#canonical';
import { Settings } from '#stage';
import { eventually } from '#testing';
import {
  HERE,
  NormaliseUnderTest,
  THERE,
  person,
  schoolClass,
  schoolUnit,
} from '../test/normalise-under-test.js';

const PUPIL = 'f12a9df6-1b38-559e-8b92-b2d701af1978';
const CANARIES = ['Kanariesson', '201003142385', 'Åstakanarie'];

describe('source events become canonical events', () => {
  let under: NormaliseUnderTest;

  beforeAll(async () => {
    under = await NormaliseUnderTest.start('normalise');
  });
  afterAll(() => under?.stop());

  it('a pupil who came before the school unit is registered when the unit comes', async () => {
    const early = await under.send(
      'sis',
      'ss12000.person.changed',
      person(PUPIL, '2026-08-18T06:15:22.417+02:00', HERE),
    );
    await under.parkedAs(early, 'missing-reference');
    await under.send(
      'units',
      'school-units.unit.changed',
      schoolUnit('31279295', '2120000001'),
      'here',
    );
    await under.send(
      'units',
      'school-units.unit.changed',
      schoolUnit('12345674', '5560000001'),
      'there',
    );
    const [registered, started] = await under.tells(
      early,
      'person.registered',
      'enrolment.started',
    );
    expect(registered!.key).toBe(registered!.data.person.id);
    expect(started!.headers.ce_sequence! > registered!.headers.ce_sequence!).toBe(true);
    expect(started!.headers.ce_schoolunit).toBe('31279295');
    expect(schemaOf('canonical.events', started!.headers.ce_type!)!.faults(started!.data)).toEqual(
      [],
    );
  });

  it('the same event twice is told once', async () => {
    const [row] = await under.services.query<{ count: number }>(
      'select count(*)::int as count from normalise.person',
    );
    expect(row).toEqual({ count: 1 });
    const again = await under.send(
      'sis',
      'ss12000.person.changed',
      person(PUPIL, '2026-08-18T06:15:22.417+02:00', HERE),
    );
    await eventually(async () => {
      const rows = await under.services.query(
        'select outcome from normalise.filtered where cause = $1',
        [again],
      );
      expect(rows).toEqual([{ outcome: 'filtered:duplicate' }]);
    });
  });

  it('the account, the test and the absence are the pupil’s', async () => {
    const account = await under.send('platform', 'canvas.user_updated', {
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
    const [updated] = await under.tells(account, 'person.updated');
    expect(updated!.data.person.eppns).toEqual([
      { value: 'k7m2q9@skola.example', huvudman: 'kommunen1', source: 'platform' },
    ]);
    const begun = await under.send('tests', 'test-platform.test.begun', {
      assignmentId: '8a4b7f0e-5d0b-5a35-9a52-6c1b0c3f9f10',
      eppn: 'k7m2q9@skola.example',
      activity: '25fe03a1-404d-505e-95ad-329ba05d2af6',
      at: '2026-11-03T09:00:00+01:00',
    });
    await under.tells(begun, 'test.begun');
    const absence = await under.send('absence', 'ss12000.absence.reported', {
      id: 'e2af1677-9223-5f7b-bcbb-e2894c45bf67',
      meta: { created: '2026-08-17T07:30:00+02:00', modified: '2026-09-01T06:15:22.417+02:00' },
      startTime: '2026-09-01T08:00:00+02:00',
      endTime: '2026-09-01T16:00:00+02:00',
      type: 'Anmäld frånvaro',
      student: { id: PUPIL },
      organisation: { id: HERE },
    });
    const [reported] = await under.tells(absence, 'absence.reported');
    expect(SCHEMAS.person.faults(reported!.data)).toEqual([]);
    expect(reported!.data.person.tests).toMatchObject([{ state: 'begun' }]);
  });

  it('a pupil who moves stays one person, with the begun test', async () => {
    const joined = await under.send(
      'fri',
      'ss12000.person.changed',
      person('3c3e0c4e-0000-4000-8000-000000000009', '2026-10-01T08:00:00+02:00', THERE),
    );
    const [started] = await under.tells(joined, 'enrolment.started');
    expect(started!.data.person.enrolments.map(({ schoolUnit }) => schoolUnit).sort()).toEqual([
      '12345674',
      '31279295',
    ]);
    expect(started!.data.person.tests).toMatchObject([{ state: 'begun' }]);
    const left = await under.send('sis', 'ss12000.person.deleted', {
      id: PUPIL,
      meta: { modified: '2026-10-02T08:00:00+02:00' },
    });
    const events = await under.tells(left, 'person.withdrawn', 'enrolment.ended');
    expect(events[0]!.data.person.standing).toBe('present');
    const late = await under.send(
      'sis',
      'ss12000.person.changed',
      person(PUPIL, '2026-09-20T08:00:00+02:00', HERE),
    );
    await eventually(async () => {
      const rows = await under.services.query(
        'select outcome from normalise.filtered where cause = $1',
        [late],
      );
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
        id: `record ${from} ${modified}`,
        source: sourceUrn(from),
        type: 'ss12000.person.changed',
      };
      const headers = toBinaryHeaders(envelope);
      const cause = `${envelope.source} ${envelope.id}`;
      return { cause, key: id, value: JSON.stringify(data), headers, partition: 0 };
    };
    const known = record('sis', here, '2026-10-01T08:00:00+02:00', HERE);
    await under.services.produce('source.elevregister', [known]);
    await under.tells(known.cause, 'person.registered', 'enrolment.started');
    const joined = record('fri', there, '2026-11-01T08:00:00+02:00', THERE);
    const left = record('sis', here, '2026-11-01T08:00:00+02:00', HERE, '2026-10-31');
    await under.services.produce('source.elevregister', [joined, left]);
    await under.tells(joined.cause, 'enrolment.started');
    const [ended] = await under.tells(left.cause, 'enrolment.ended');
    expect(ended!.data.person.enrolments).toHaveLength(2);
  });

  it('a class and a teacher are told of, and the class waits for a pupil whom nobody has sent', async () => {
    const group = schoolClass(PUPIL, HERE);
    await under.tells(
      await under.send('sis', 'ss12000.group.changed', group, 'class'),
      'group.started',
    );
    const later = { ...group, meta: { ...group.meta, modified: '2026-08-19T06:15:22+02:00' } };
    later.groupMemberships = [
      { person: { id: PUPIL } },
      { person: { id: '7f4a8f0e-0000-4000-8000-00000000000b' } },
    ];
    await under.parkedAs(
      await under.send('sis', 'ss12000.group.changed', later, 'class'),
      'missing-reference',
    );
    const duty = await under.send(
      'sis',
      'ss12000.duty.changed',
      {
        id: 'c0f9cbe4-0000-4000-8000-00000000000c',
        meta: { created: '2026-08-17T07:30:00+02:00', modified: '2026-10-03T06:15:22.417+02:00' },
        person: { id: PUPIL },
        dutyAt: { id: HERE },
        dutyRole: 'Lärare',
        startDate: '2026-08-01',
      },
      'duty',
    );
    const [started] = await under.tells(duty, 'duty.started');
    expect(started!.data.person.duties).toMatchObject([
      { dutyRole: 'Lärare', schoolUnit: '31279295' },
    ]);
  });

  it('another huvudman’s unit, an unknown source and broken data are parked with the reason', async () => {
    await under.parkedAs(
      await under.send(
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
    await under.services.produce('source.elevregister', [{ key: 'x', value: '{}', headers }]);
    await under.parkedAs(`${sourceUrn('nobody')} x`, 'unknown-source');
    const wrong = person(
      '5e1f0000-0000-4000-8000-00000000000e',
      '2026-08-18T06:15:22+02:00',
      HERE,
      { civicNo: { value: '201003142386' } },
    );
    await under.parkedAs(
      await under.send('sis', 'ss12000.person.changed', wrong, 'wrong'),
      'bad-data',
    );
  });

  it('what a source had on its way when it was taken out waits, and passes when the source is written again', async () => {
    const settings = under.stage.app.get(Settings, { strict: false });
    const sis = settings.source('sis')!;
    const pupil = '5e1f0000-0000-4000-8000-00000000000c';
    const record = person(pupil, '2026-08-18T06:15:22+02:00', HERE, { civicNo: null });
    await under.services.produce('admin.settings', [{ key: 'source/sis', value: null }]);
    await eventually(() => expect(settings.source('sis')).toBeUndefined());
    const cause = await under.send('sis', 'ss12000.person.changed', record, 'taken-out');
    await under.parkedAs(cause, 'unknown-source');
    await under.write(sis);
    await eventually(() => expect(settings.source('sis')).toBeDefined());
    await under.ripen(cause);
    await under.tells(cause, 'person.registered', 'enrolment.started');
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
      tables.map((table) => under.services.query(`select t::text from normalise.${table} as t`)),
    );
    const topics = await Promise.all(
      ['canonical.events', 'findings', 'trail'].map((topic) => under.services.readAll(topic)),
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
    const answer = await fetch(`${under.stage.url}/v1/register/persons/${HERE}`);
    expect(answer.status).toBe(401);
  });
});
