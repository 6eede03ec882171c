import { adapterNamed } from '#adapters';
import { egilId, eventId, nationalId, schemaOf, sourceUrn, toBinaryHeaders, type PersonState, type Setting, type TrailData } from '#canonical'; // prettier-ignore
import { bootStage, type BootedStage } from '#runtime';
import { stageTransport } from '#stage';
import { eventually, ownServices, type OwnServices, type ReadBack } from '#testing';
import { NormaliseModule } from '../normalise.module.js';
import { CHUNK_PERSONS } from './succession.store.js';
import { huvudman, source } from '../../test/normalise-under-test.js';

const CODE = '31279295';
const OTHER = '12345674';
const PUPILS = 1_200;
const ELSEWHERE = 10;
const TEACHER = uuidOf(9_000_001);
const WAIT_MS = 90_000;
/** An advisory lock of this spec's own database. */
const GATE = 4711;
/** PostgreSQL's code. */
const QUERY_CANCELED = '57014';

const SETTINGS: Setting[] = [
  huvudman('kommunen1', '2120000001'),
  huvudman('friskola1', '5560000001'),
  source('sis', 'kommunen1', 'elevregister', 'ss12000'),
  source('fri', 'friskola1', 'elevregister', 'ss12000'),
  source('units', null, 'school-units', 'school-units'),
];

/** An id of the source's own; a person's id in the hub is another. */
function uuidOf(number: number): string {
  return `f12a9df6-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

interface SuccessionRow {
  readonly phase: string;
  readonly passed: string;
  readonly carried: number;
}

describe('a school of 1,200 pupils that goes to another owner', () => {
  let services: OwnServices;
  let booted: BootedStage | undefined;
  let sent = 0;

  const boot = async () => {
    booted = await bootStage(NormaliseModule, {
      stage: 'normalise',
      environment: services.environment,
      ownsProcess: false,
      strategies: (app) => [stageTransport(app)],
    });
  };
  const stop = async () => {
    await booted?.stop();
    booted = undefined;
  };
  const record = (from: string, type: string, data: object) => {
    const setting = SETTINGS.find(({ id }) => id === from);
    if (setting?.kind !== 'source') throw new Error('no such source');
    const admission = adapterNamed(setting.adapter)!.admit({ type, data });
    if (!admission.ok) throw new Error(JSON.stringify(admission.issues));
    const envelope = { id: `event-${++sent}`, source: sourceUrn(from), type };
    return {
      topic: `source.${setting.sourceKind}`,
      cause: `${envelope.source} ${envelope.id}`,
      record: {
        key: `${from} ${admission.objectId}`,
        value: JSON.stringify(admission.data),
        headers: toBinaryHeaders({ ...envelope, time: '2025-01-02T06:00:00Z' }),
      },
    };
  };
  const send = async (...records: ReturnType<typeof record>[]): Promise<string> => {
    await services.produce(
      records[0]!.topic,
      records.map((one) => one.record),
    );
    return records.at(-1)!.cause;
  };
  const succession = async (): Promise<SuccessionRow | undefined> => {
    const rows = await services.query<SuccessionRow>(
      'select phase, passed, carried from normalise.succession where school_unit = $1',
      [CODE],
    );
    return rows[0];
  };
  const spread = () =>
    eventually(async () => expect(await succession()).toMatchObject({ phase: 'done' }), WAIT_MS);
  const states = async (code: string): Promise<PersonState[]> => {
    const rows = await services.query<{ state: PersonState }>(
      'select state from normalise.person where position($1 in state::text) > 0 order by id',
      [`"${code}"`],
    );
    return rows.map(({ state }) => state);
  };
  const toldBecauseOf = async (cause: string): Promise<ReadBack[]> =>
    (await services.readAll('canonical.events')).filter(
      ({ headers }) => headers.ce_causationid === cause,
    );

  beforeAll(async () => {
    services = await ownServices('succession');
    await boot();
    await services.produce(
      'admin.settings',
      SETTINGS.map((setting) => ({
        key: `${setting.kind}/${setting.id}`,
        value: JSON.stringify(setting),
      })),
    );
    await send(record('units', TYPES.unit, unit(CODE, '2120000001', '2024-08-01')));
    await send(record('units', TYPES.unit, unit(OTHER, '2120000001', '2024-08-01')));
    const pupils = Array.from({ length: PUPILS }, (_, index) =>
      record('sis', TYPES.person, person(uuidOf(index), CODE, index === 0 ? NUMBERED : {})),
    );
    const elsewhere = Array.from({ length: ELSEWHERE }, (_, index) =>
      record('sis', TYPES.person, person(uuidOf(5_000_000 + index), OTHER)),
    );
    const teacher = record('sis', TYPES.person, { ...person(TEACHER, CODE), enrolments: [] });
    await send(...pupils, ...elsewhere, teacher);
    await send(
      record('sis', TYPES.duty, DUTY),
      record('sis', TYPES.group, GROUP),
      record('sis', TYPES.activity, ACTIVITY),
    );
    await eventually(async () => {
      const rows = await services.query(
        `select (select count(*) from normalise.person)::int as persons,
                  (select count(*) from normalise.source_object)::int as objects`,
      );
      expect(rows).toEqual([{ persons: PUPILS + ELSEWHERE + 1, objects: 3 }]);
    }, WAIT_MS);
  }, 2 * WAIT_MS);
  afterAll(async () => {
    await stop();
    await services?.stop();
  });

  it('stands where it was after the process died between two chunks, and no step is lost or done twice', async () => {
    const before = await states(CODE);
    expect(before).toHaveLength(PUPILS + 1);
    // A person of the second chunk cannot be written for a while, so that the process can be ended while it is at it.
    const stuck = before[CHUNK_PERSONS + 100]!.id;
    await services.query(
      `create function normalise.wait() returns trigger language plpgsql as 'begin perform pg_advisory_xact_lock(${GATE}); return new; end'`,
    );
    await services.query(
      `create trigger wait before update on normalise.person for each row when (old.id = '${stuck}') execute function normalise.wait()`,
    );
    const holding = services
      .query(
        `with held as materialized (select pg_advisory_xact_lock(${GATE})) select pg_sleep(120) from held`,
      )
      .catch((error: { code?: string }) => error.code);
    const cause = await send(
      record('units', TYPES.unit, unit(CODE, '5560000001', '2025-01-01', 'Testskolan AB')),
    );
    const [waiting] = await eventually(async () => {
      const rows = await services.query<{ pid: number }>(
        `select pid from pg_stat_activity where datname = current_database() and wait_event = 'advisory'
             and application_name = 'elevnav-normalise'`,
      );
      expect(rows).toHaveLength(1);
      return rows;
    }, WAIT_MS);
    await services.query('select pg_terminate_backend($1)', [waiting!.pid]);
    await stop();
    // The group, the activity and the first chunk are stored; of the second chunk nothing is.
    expect(await succession()).toEqual({
      phase: 'persons',
      passed: before[CHUNK_PERSONS - 1]!.id,
      carried: 2 + CHUNK_PERSONS,
    });
    // Meanwhile the new owner’s register tells of a pupil, under its own id and with an EPPN of its own.
    const own = person(uuidOf(7_000_000), CODE, {
      ...NUMBERED,
      eduPersonPrincipalNames: ['ny@friskola.example'],
      meta: { created: '2025-01-02T08:00:00+01:00', modified: '2025-01-02T08:00:00+01:00' },
    });
    await send(record('fri', TYPES.person, own));
    await services.query(
      `select pg_cancel_backend(pid) from pg_stat_activity where query like 'with held as materialized%' and pid <> pg_backend_pid()`,
    );
    expect(await holding).toBe(QUERY_CANCELED);
    await services.query('drop trigger wait on normalise.person');
    await boot();
    await spread();
    await expectSpread(cause);
  }, 240_000);

  const expectSpread = async (cause: string): Promise<void> => {
    await eventually(async () => {
      const [pupil] = (await states(CODE)).filter(({ eppns }) => eppns.length > 0);
      expect(pupil?.enrolments.map(partOf).sort()).toEqual([
        'friskola1 fri 2024-08-17..',
        'kommunen1 sis 2024-08-17..2024-12-31',
      ]);
      const rows = await services.query('select 1 from normalise.outbox limit 1');
      expect(rows).toEqual([]);
    }, WAIT_MS);
    const after = await states(CODE);
    expect(after).toHaveLength(PUPILS + 1);
    for (const { eppns, enrolments, duties } of after) {
      if (eppns.length > 0) continue;
      const parts = [...enrolments, ...duties].map(partOf).sort();
      expect(parts).toEqual(['friskola1 sis 2025-01-01..', 'kommunen1 sis 2024-08-17..2024-12-31']);
    }
    const events = await toldBecauseOf(cause);
    expect(new Set(events.map(({ headers }) => headers.ce_id)).size).toBe(events.length);
    const ofPersons = events.filter(({ headers }) => /enrolment|duty/.test(headers.ce_type!));
    const told = new Map<string, string[]>();
    for (const { headers, value } of ofPersons) {
      expect(schemaOf('canonical.events', headers.ce_type!)!.faults(JSON.parse(value!))).toEqual(
        [],
      );
      told.set(headers.ce_subject!, [...(told.get(headers.ce_subject!) ?? []), headers.ce_type!]);
    }
    // Whoever was decided about because of the new owner’s own register is not told of once more.
    const [byOwn] = after.filter(({ eppns }) => eppns.length > 0);
    for (const { id, duties } of after) {
      if (id === byOwn!.id) continue;
      const entity = duties.length > 0 ? 'duty' : 'enrolment';
      expect(told.get(id)).toEqual([`se.elevnav.${entity}.started`, `se.elevnav.${entity}.ended`]);
    }
    const name = `${cause} carried over to friskola1`;
    const ids = new Set(ofPersons.map(({ headers }) => headers.ce_id));
    for (const subject of told.keys()) {
      expect(ids).toContain(eventId(name, 'normalise', subject, 0));
    }
    expect((await states(OTHER)).flatMap(({ enrolments }) => enrolments.map(partOf))).toEqual(
      Array.from({ length: ELSEWHERE }, () => 'kommunen1 sis 2024-08-17..'),
    );
  };

  it('takes its group and its activity along', async () => {
    const events = await services.readAll('canonical.events');
    const last = (type: string) =>
      events.filter(({ headers }) => headers.ce_type === `se.elevnav.${type}.changed`).at(-1);
    expect(JSON.parse(last('group')!.value!)).toMatchObject({ group: { huvudman: 'friskola1' } });
    expect(JSON.parse(last('activity')!.value!)).toMatchObject({
      activity: { huvudman: 'friskola1' },
    });
  });

  it('is in the trail of each pupil', async () => {
    const trail = (await services.readAll('trail')).map(
      ({ value }) => JSON.parse(value!) as TrailData,
    );
    const told = trail.flatMap(({ events }) =>
      events.filter(({ detail }) => detail === `follows school unit ${CODE}`),
    );
    const pupils = (await states(CODE)).map(({ id }) => id);
    const subjects = new Set(told.map(({ subject }) => subject));
    expect(pupils.filter((id) => !subjects.has(id)).length).toBeLessThanOrEqual(1);
  });

  it('is told once: spread again, nothing is said of a pupil a second time', async () => {
    const emitted = async () =>
      services.query('select sum(emitted)::int as emitted from normalise.person');
    const before = await emitted();
    await services.query(
      `update normalise.succession set phase = 'groups', passed = '00000000-0000-0000-0000-000000000000', carried = 0`,
    );
    await spread();
    expect(await emitted()).toEqual(before);
    expect(await succession()).toMatchObject({ carried: 2 });
  });
});

function partOf(thing: PersonState['enrolments'][number] | PersonState['duties'][number]): string {
  return `${thing.huvudman} ${thing.source} ${thing.startDate}..${thing.endDate ?? ''}`;
}

const TYPES = {
  unit: 'school-units.unit.changed',
  person: 'ss12000.person.changed',
  duty: 'ss12000.duty.changed',
  group: 'ss12000.group.changed',
  activity: 'ss12000.activity.changed',
};
const META = { created: '2024-08-01T08:00:00+02:00', modified: '2024-08-18T06:15:22+02:00' };
const NUMBERED = { civicNo: { value: '201003142385' }, birthDate: '2010-03-14' };

/** Units are named by Skolverket's id, by the last pupil's system as an EGIL client does. */
function unitId(id: string, code: string): string {
  return id === uuidOf(PUPILS - 1) ? egilId(code) : nationalId(code);
}

function person(id: string, code: string, more: object = {}) {
  return {
    id,
    meta: META,
    givenName: 'Test',
    familyName: 'Elevsson',
    securityMarking: 'Ingen',
    personStatus: 'Aktiv',
    eduPersonPrincipalNames: [],
    enrolments: [
      {
        enroledAt: { id: unitId(id, code) },
        schoolType: 'GR',
        schoolYear: 9,
        startDate: '2024-08-17',
        cancelled: false,
      },
    ],
    ...more,
  };
}

function unit(code: string, organisationNumber: string, day: string, displayName = 'Testskolan') {
  return {
    meta: { extractDate: `${day}T12:00:00.02Z` },
    data: {
      schoolUnitCode: code,
      attributes: { displayName, status: 'AKTIV', municipalityCode: '0180', schoolTypes: ['GR'] },
    },
    included: { organizationNumber: organisationNumber },
  };
}

const DUTY = {
  id: uuidOf(8_000_001),
  meta: META,
  person: { id: TEACHER },
  dutyAt: { id: nationalId(CODE) },
  dutyRole: 'Lärare',
  startDate: '2024-08-17',
};
const GROUP = {
  id: uuidOf(8_000_002),
  meta: META,
  displayName: '9A',
  startDate: '2024-08-17',
  groupType: 'Klass',
  schoolType: 'GR',
  organisation: { id: nationalId(CODE) },
  groupMemberships: [{ person: { id: uuidOf(0) } }],
};
const ACTIVITY = {
  id: uuidOf(8_000_003),
  meta: META,
  displayName: '9A MA',
  startDate: '2024-08-17',
  calendarEventsRequired: false,
  activityType: 'Undervisning',
  organisation: { id: nationalId(CODE) },
  groups: [{ id: uuidOf(8_000_002) }],
};
