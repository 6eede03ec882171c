import {
  SCHEMAS,
  formatSequence,
  schemaOf,
  toBinaryHeaders,
  type AccessEventData,
  type CalendarSetting,
  type FindingData,
  type PersonState,
  type PresenceReport,
} from '#canonical';
import { SteppableClock, bootStage, type BootedStage } from '#runtime';
import { stageTransport } from '#stage';
import { accessToken, eventually, ownServices, type OwnServices } from '#testing';
import {
  CALENDAR,
  INDEPENDENT,
  MUNICIPALITY,
  absence,
  enrolment,
  eppn,
  idOf,
  reported,
} from './rules/testing/given-person.js';
import { TestAccessModule } from './test-access.module.js';

const EPPNS = [eppn(MUNICIPALITY), eppn(INDEPENDENT)];
const atMunicipality = enrolment(MUNICIPALITY, '2026-08-18');
const leftMunicipality = { ...atMunicipality, endDate: '2026-11-11' };
const atIndependent = enrolment(INDEPENDENT, '2026-11-12');

interface Told {
  readonly type: string;
  readonly sequence: string;
  readonly id: string;
  readonly cause: string | undefined;
  readonly data: AccessEventData;
}

describe('canonical events become access', () => {
  let services: OwnServices;
  let booted: BootedStage;
  let clock: SteppableClock;
  let sent = 0;

  const boot = () =>
    bootStage(TestAccessModule, {
      stage: 'test-access',
      environment: { ...services.environment, SCHEDULE_INTERVAL_MS: '500' },
      clock,
      ownsProcess: false,
      strategies: (app) => [stageTransport(app)],
    });
  const person = (name: string, more: Partial<PersonState> = {}): PersonState => ({
    id: idOf(name),
    securityMarking: 'Ingen',
    personStatus: 'Aktiv',
    standing: 'present',
    eppns: EPPNS,
    enrolments: [atMunicipality],
    duties: [],
    tests: [],
    ...more,
  });
  const record = (
    verb: string,
    state: PersonState,
    {
      number = ++sent,
      change = { id: state.id } as object | PresenceReport,
      subject = state.id,
    } = {},
  ) => ({
    key: subject,
    value: JSON.stringify({ person: state, change }),
    headers: toBinaryHeaders({
      id: idOf(`event ${number}`),
      source: 'urn:elevnav:normalise',
      type: `se.elevnav.${verb}`,
      subject,
      sequence: formatSequence(1, number),
      causationid: `urn:elevnav:source:register event-${number}`,
    }),
  });
  const learns = (...records: ReturnType<typeof record>[]) =>
    services.produce('canonical.events', records);
  const told = async (name: string): Promise<Told[]> =>
    (await services.readAll('access.events'))
      .filter(({ key }) => key === idOf(name))
      .map(({ headers, value }) => ({
        type: headers.ce_type!.slice('se.elevnav.'.length),
        sequence: headers.ce_sequence!,
        id: headers.ce_id!,
        cause: headers.ce_causationid,
        data: JSON.parse(value!) as AccessEventData,
      }));
  const tells = (name: string, ...types: string[]) =>
    eventually(async () => {
      const events = await told(name);
      expect(events.map(({ type }) => type)).toEqual(types);
      return events;
    });
  const outcomes = (number: number) =>
    services.query<{ outcome: string }>(
      'select outcome from test_access.filtered where cause = $1',
      [`urn:elevnav:source:register event-${number}`],
    );
  const settings = (calendar: CalendarSetting) =>
    services.produce('admin.settings', [
      { key: `calendar/${calendar.id}`, value: JSON.stringify(calendar) },
    ]);

  beforeAll(async () => {
    services = await ownServices('test-access');
    clock = new SteppableClock(new Date('2026-11-10T08:00:00Z'));
    booted = await boot();
    await settings(CALENDAR);
    // The calendar has come when a pupil who is known already is assigned its test.
    await learns(record('enrolment.started', person('the first pupil')));
    await tells('the first pupil', 'access.granted', 'test.assigned');
  });
  afterAll(async () => {
    await booted?.stop();
    await services?.stop();
  });

  it('tells by whose cause, in the order of the sequence, and as its schema says', async () => {
    await learns(record('enrolment.started', person('a new pupil')));
    const events = await tells('a new pupil', 'access.granted', 'test.assigned');
    expect(events.map(({ sequence }) => sequence)).toEqual([
      expect.stringMatching(/-0000000000000001$/),
      expect.stringMatching(/-0000000000000002$/),
    ]);
    for (const { type, data, cause } of events) {
      const faults = schemaOf('access.events', `se.elevnav.${type}`)!.faults(data);
      expect(faults).toEqual([]);
      expect(cause).toBe(`urn:elevnav:source:register event-${sent}`);
      expect(data.access.entries).toMatchObject([{ held: 'enrolment', because: { cause } }]);
    }
  });

  it('a pupil who moves within one batch is moved by one event, and doubled it is told once', async () => {
    const begun = { tests: [reported('begun', '2026-11-10T08:00:00Z')] };
    const joins = person('a mover', {
      ...begun,
      enrolments: [
        { ...atMunicipality, endDate: '2026-11-09' },
        enrolment(INDEPENDENT, '2026-11-10'),
      ],
    });
    const first = record('enrolment.started', person('a mover'));
    const begins = record('test.begun', person('a mover', begun));
    const last = record('enrolment.started', joins);
    await learns(first, begins, last);
    await learns(first, last);
    const after = record('person.updated', joins);
    await learns(after);
    const events = await tells(
      'a mover',
      'access.granted',
      'test.assigned',
      'test.begun',
      'access.moved',
      'test.begun',
    );
    const [, assigned, , moved, kept] = events;
    expect(moved!.data.change).toMatchObject({
      entry: { huvudman: INDEPENDENT, home: true },
      from: { huvudman: MUNICIPALITY },
    });
    expect(kept!.data.change.test!.id).toBe(assigned!.data.change.test!.id);
    expect(new Set(events.map(({ id }) => id)).size).toBe(5);
    await eventually(async () =>
      expect(await outcomes(sent - 1)).toContainEqual({ outcome: 'filtered:older' }),
    );
  });

  it('leaves groups and organisations to others, and what the platform repeats to nobody', async () => {
    const known = person('a writer', { tests: [reported('begun', '2026-11-10T08:00:00Z')] });
    await learns(record('test.begun', known));
    await learns(record('test.assigned', known));
    await eventually(async () =>
      expect(await outcomes(sent)).toEqual([{ outcome: 'filtered:unchanged' }]),
    );
    const organisation = record('organisation.registered', person('a unit'));
    await learns(organisation);
    await eventually(async () =>
      expect(await outcomes(sent)).toEqual([{ outcome: 'filtered:irrelevant' }]),
    );
  });

  it('an absence on the day of the test is missed, and withdrawn when it is cancelled', async () => {
    const pupil = person('an absent pupil');
    const report = absence(MUNICIPALITY, '2026-11-10T07:00:00Z', '2026-11-10T15:00:00Z');
    await learns(
      record('enrolment.started', pupil),
      record('absence.reported', pupil, { change: report }),
      record('absence.cancelled', pupil, { change: report }),
    );
    await tells('an absent pupil', 'access.granted', 'test.assigned', 'test.missed', 'test.missed-withdrawn'); // prettier-ignore
  });

  it('parks what breaks its contract, and says what and where', async () => {
    const broken = { ...person('a broken one'), securityMarking: 'maybe' as 'Ingen' };
    await learns(record('person.updated', broken));
    await eventually(async () => {
      const rows = await services.query<{ code: string; issues: { pointer: string }[] }>(
        'select code, issues from test_access.parked where key = $1',
        [broken.id],
      );
      expect(rows).toMatchObject([
        { code: 'bad-data', issues: [{ pointer: '/person/securityMarking' }] },
      ]);
      expect(JSON.stringify(rows)).not.toContain('maybe');
    });
  });

  it('answers an administrator who may, and nobody else', async () => {
    const address = `${booted.url}/v1/access/persons/${idOf('a new pupil')}`;
    expect((await fetch(address)).status).toBe(401);
    const authorization = `Bearer ${await accessToken('test-access-administrator', ['admin:read'])}`;
    const answer = await fetch(address, { headers: { authorization } });
    expect(await answer.json()).toMatchObject({
      person: idOf('a new pupil'),
      access: { entries: [{ held: 'enrolment', because: { rule: '6.1 enrolment' } }] },
      nextDue: '2027-06-30T22:00:00.000Z',
    });
    const unknown = `${booted.url}/v1/access/persons/${idOf('nobody')}`;
    expect((await fetch(unknown, { headers: { authorization } })).status).toBe(404);
    expect(
      await services.query('select client, action, about, outcome from test_access.audit order by number'),
    ).toEqual([
      { client: 'test-access-administrator', action: 'access.read', about: idOf('a new pupil'), outcome: 'done' },
      { client: 'test-access-administrator', action: 'access.read', about: idOf('nobody'), outcome: 'not-found' },
    ]); // prettier-ignore
  });

  it('decides again when a calendar changes', async () => {
    const [test] = CALENDAR.tests;
    await settings({ ...CALENDAR, tests: [{ ...test!, windowEnd: '2026-11-27' }] });
    const events = await eventually(async () => {
      const now = await told('the first pupil');
      expect(now).toHaveLength(3);
      return now;
    });
    expect(events.at(-1)).toMatchObject({
      type: 'test.assigned',
      cause: undefined,
      data: { change: { test: { windowEnd: '2026-11-27' } } },
    });
  });

  it('bridges and revokes by time alone, through a stop, and tells a human', async () => {
    await learns(
      record('enrolment.started', person('a leaver')),
      record('enrolment.ended', person('a leaver', { enrolments: [leftMunicipality] })),
      record(
        'enrolment.started',
        person('a planner', { enrolments: [leftMunicipality, atIndependent] }),
      ),
    );
    await tells('a leaver', 'access.granted', 'test.assigned');
    await tells('a planner', 'access.granted', 'test.assigned');
    await clock.set(new Date('2026-11-12T05:00:00Z'));
    await tells('a leaver', 'access.granted', 'test.assigned', 'access.bridged');
    await tells('a planner', 'access.granted', 'test.assigned', 'access.moved', 'test.assigned');
    await booted.stop();
    clock = new SteppableClock(new Date('2027-01-30T05:00:00Z'));
    booted = await boot();
    const events = await tells(
      'a leaver',
      'access.granted',
      'test.assigned',
      'access.bridged',
      'access.settled',
      'access.revoked',
    );
    const sequences = events.map(({ sequence }) => sequence);
    expect(sequences).toEqual([...new Set(sequences)].sort());
    const findings = (await services.readAll('findings'))
      .filter(({ key }) => key === idOf('a leaver'))
      .map(({ value }) => JSON.parse(value!) as FindingData);
    expect(findings.map(({ cause, state }) => `${cause} ${state}`)).toEqual([
      'access-bridged opened',
      'bridge-over opened',
      'access-bridged closed',
    ]);
    expect(findings.flatMap((finding) => SCHEMAS.finding.faults(finding))).toEqual([]);
  });

  // As the clock of the specs above has come to be.
  const left = { ...atMunicipality, endDate: '2027-01-20' };
  const joined = enrolment(INDEPENDENT, '2027-01-25');

  it('two records that were one person have one access, with the entries that both had, and no gap', async () => {
    const gone = person('gone', { enrolments: [joined], eppns: [eppn(INDEPENDENT)] });
    const stays = person('stays', { enrolments: [left], eppns: [eppn(MUNICIPALITY)] });
    await learns(record('person.registered', gone), record('person.registered', stays));
    const [granted] = await tells('gone', 'access.granted');
    await eventually(async () => expect((await told('stays')).length).toBeGreaterThan(0));
    const before = (await told('stays')).length;
    const formerIds = [gone.id];
    const both = {
      ...stays,
      enrolments: [joined, left],
      eppns: EPPNS,
      formerIds,
    };
    const merged = { from: gone.id, fromNumber: ++sent, into: stays.id, intoNumber: ++sent };
    await learns(
      record('person.merged', both, { number: merged.intoNumber, change: { merged } }),
      record('person.merged', both, {
        number: merged.fromNumber,
        change: { merged },
        subject: gone.id,
      }),
    );
    const news = await eventually(async () => {
      const events = (await told('stays')).slice(before);
      expect(events.map(({ type }) => type)).toContain('access.revoked');
      return events;
    });
    const { access } = news.at(-1)!.data;
    expect(access.entries).toMatchObject([
      { id: granted!.data.change.entry!.id, huvudman: INDEPENDENT, home: true },
    ]);
    expect(news.at(-1)!.data.formerIds).toEqual(formerIds);
    expect(await told('gone')).toHaveLength(1);
  });

  it('one person who was two keeps every entry, each on its side', async () => {
    const [whole, part] = ['whole', 'part'].map((name) => person(name));
    const both = { ...whole!, enrolments: [joined, atMunicipality] };
    await learns(record('person.registered', both));
    const entries = await eventually(async () => {
      const { access } = (await told('whole')).at(-1)!.data;
      expect(access.entries).toHaveLength(2);
      return access.entries;
    });
    const stays = { ...whole!, eppns: [eppn(MUNICIPALITY)] };
    const leaves = {
      ...part!,
      enrolments: [joined],
      eppns: [eppn(INDEPENDENT)],
      splitFrom: { id: whole!.id, huvudmen: [INDEPENDENT] },
    };
    const numbers = { from: whole!.id, fromNumber: ++sent, apart: part!.id, apartNumber: ++sent };
    await learns(
      record('person.separated', stays, {
        number: numbers.fromNumber,
        change: { separated: { ...numbers, other: leaves } },
      }),
      record('person.separated', leaves, {
        number: numbers.apartNumber,
        change: { separated: { ...numbers, other: stays } },
      }),
      record('person.updated', { ...stays, eppns: [eppn(MUNICIPALITY, 'new')] }),
    );
    const row = (name: string) =>
      services.query<{ ids: string[]; homes: boolean[] }>(
        `select array(select e->>'id' from json_array_elements(state->'access'->'entries') e) as ids,
                array(select (e->>'home')::boolean from json_array_elements(state->'access'->'entries') e) as homes
           from test_access.person_access where person = $1`,
        [idOf(name)],
      );
    const idAt = (huvudman: string) => entries.find((entry) => entry.huvudman === huvudman)!.id;
    await eventually(async () => {
      expect(await row('part')).toEqual([{ ids: [idAt(INDEPENDENT)], homes: [true] }]);
      expect(await row('whole')).toEqual([{ ids: [idAt(MUNICIPALITY)], homes: [true] }]);
    });
    const types = [...(await told('whole')), ...(await told('part'))].map(({ type }) => type);
    expect(types).not.toContain('access.revoked');
  });

  it('a stage that has lost its rows has the same entries again once the register is replayed', async () => {
    const state = person('replayed');
    await learns(record('person.registered', state));
    const [first] = await tells('replayed', 'access.granted', 'test.assigned');
    await booted.stop();
    await services.query('truncate test_access.person_access, test_access.entry_eppn');
    // As docs/operating.md says: what is told from now on must be newer than all that was told.
    await services.query('update test_access.epoch set epoch = extract(epoch from now())::bigint');
    booted = await boot();
    await learns(record('person.updated', state, { change: { fields: [] } }));
    const news = await eventually(async () => {
      const events = (await told('replayed')).slice(2);
      expect(events.map(({ type }) => type)).toEqual(['access.granted', 'test.assigned']);
      return events;
    });
    expect(news[0]!.data.change.entry!.id).toBe(first!.data.change.entry!.id);
    expect(news[0]!.sequence > first!.sequence).toBe(true);
  });
});
