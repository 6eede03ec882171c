import { adapterNamed } from '#adapters';
import { SCHEMAS, nationalId, sourceUrn, toBinaryHeaders, type CalendarSetting, type FindingData, type Setting } from '#canonical'; // prettier-ignore
import { SteppableClock, bootStage, type BootedStage } from '#runtime';
import { stageTransport } from '#stage';
import { eventually, ownServices, type OwnServices } from '#testing';
import { NormaliseModule } from '../normalise.module.js';
import { SourceSilenceSchedule } from './source-silence.schedule.js';

const UNIT = nationalId('31279295');
const PUPIL = 'f12a9df6-1b38-559e-8b92-b2d701af1978';
const HOUR_MS = 3_600_000;
const contract = { marking: 'field', completeness: 'full', silenceHours: 24 } as const;
const source = (id: string, huvudman: string | null, sourceKind: string, adapter: string) =>
  ({ kind: 'source', id, huvudman, sourceKind, adapter, clients: ['c'], contract }) as Setting;
const HUVUDMAN: Setting = {
  kind: 'huvudman',
  id: 'kommunen1',
  displayName: 'Kommunen',
  organisationNumber: '2120000001',
  owner: 'municipal',
  subscriberClients: [],
};
const UNITS = source('units', null, 'school-units', 'school-units');
const CALENDAR: CalendarSetting = {
  kind: 'calendar',
  id: 'spec',
  terms: [
    { name: 'spring', startDate: '2027-01-08', endDate: '2027-06-11' },
    { name: 'autumn', startDate: '2027-08-17', endDate: '2027-12-17' },
  ],
  tests: [],
};

describe('what makes knowledge stale is told as findings', () => {
  let services: OwnServices;
  let booted: BootedStage;
  let clock: SteppableClock;
  let sent = 0;

  const write = (...settings: Setting[]) =>
    services.produce(
      'admin.settings',
      settings.map((setting) => ({
        key: `${setting.kind}/${setting.id}`,
        value: JSON.stringify(setting),
      })),
    );
  const send = async (from: string, type: string, data: object, key: string) => {
    const kind = from === 'units' ? 'school-units' : 'elevregister';
    const admission = adapterNamed(from === 'units' ? 'school-units' : 'ss12000')!.admit({
      type,
      data,
    });
    if (!admission.ok) throw new Error(JSON.stringify(admission.issues));
    const headers = toBinaryHeaders({
      id: `event-${++sent}`,
      source: sourceUrn(from),
      type,
      time: '2027-03-01T06:00:00Z',
    });
    await services.produce(`source.${kind}`, [
      { key: `${from} ${key}`, value: JSON.stringify(admission.data), headers },
    ]);
  };
  const pupil = (minute: number, more: object = {}) => ({
    id: PUPIL,
    meta: {
      created: '2026-08-01T08:00:00+02:00',
      modified: `2027-03-01T06:${String(minute).padStart(2, '0')}:00Z`,
    },
    givenName: 'Åsa',
    familyName: 'Testsson',
    civicNo: { value: '201003142385' },
    birthDate: '2010-03-14',
    securityMarking: 'Ingen',
    personStatus: 'Aktiv',
    eduPersonPrincipalNames: [],
    enrolments: [
      { enroledAt: { id: UNIT }, schoolType: 'GR', schoolYear: 9, startDate: '2026-08-17', cancelled: false },
    ], // prettier-ignore
    ...more,
  });
  const says = (minute: number, more?: object) =>
    send('sis', 'ss12000.person.changed', pupil(minute, more), PUPIL);
  const findings = async (cause: string) =>
    (await services.readAll('findings'))
      .map(({ value }) => JSON.parse(value!) as FindingData)
      .filter((finding) => finding.cause === cause);
  const tells = (...states: string[]) =>
    eventually(async () => {
      const told = await findings('event-parked');
      expect(told.map(({ state }) => state)).toEqual(states);
      return told;
    });
  const silencesOf = async (id: string) =>
    (await findings('source-silent')).filter((finding) => finding.source === id);
  const silences = (id: string, ...states: string[]) =>
    eventually(async () => {
      const told = await silencesOf(id);
      expect(told.map(({ state }) => state)).toEqual(states);
      return told;
    });
  const personId = () =>
    eventually(async () => {
      const [row] = await services.query<{ id: string }>('select id from normalise.person');
      expect(row).toBeDefined();
      return row!.id;
    });
  const look = () => booted.app.get(SourceSilenceSchedule, { strict: false }).look();
  const heardOf = (id: string, at: Date) =>
    eventually(async () => {
      await look();
      const [row] = await services.query<{ heard: Date | null }>(
        'select heard from normalise.source_heard where source = $1',
        [id],
      );
      expect(row?.heard).toEqual(at);
    });

  beforeAll(async () => {
    services = await ownServices('stale-knowledge');
    clock = new SteppableClock(new Date('2027-03-01T08:00:00Z'));
    booted = await bootStage(NormaliseModule, {
      stage: 'normalise',
      environment: services.environment,
      clock,
      ownsProcess: false,
      strategies: (app) => [stageTransport(app)],
    });
    await write(HUVUDMAN, source('sis', 'kommunen1', 'elevregister', 'ss12000'), UNITS);
    const unit = {
      meta: { extractDate: '2026-08-02T00:06:11.02+02:00', created: '2015-01-01', modified: '2026-06-14' },
      data: {
        type: 'schoolunit',
        schoolUnitCode: '31279295',
        attributes: {
          displayName: 'Testskolan',
          status: 'AKTIV',
          schoolUnitType: 'SKOLENHET',
          municipalityCode: '0180',
          schoolTypes: ['GR'],
          startdate: '2015-07-01',
        },
      },
      included: { type: 'organization', organizationNumber: '2120000001' },
    }; // prettier-ignore
    await send('units', 'school-units.unit.changed', unit, 'unit');
    await says(0);
    await personId();
  });
  afterAll(async () => {
    await booted?.stop();
    await services?.stop();
  });

  it('a parked event about a known pupil, until a corrected one takes its place', async () => {
    await says(1, { civicNo: { value: '201003142386' } });
    const [opened] = await tells('opened');
    expect(opened).toMatchObject({
      stage: 'normalise',
      source: 'sis',
      subject: await personId(),
      mustAct: 'vendor',
    });
    await says(2);
    const told = await tells('opened', 'closed');
    expect(told[1]!.id).toBe(opened!.id);
    expect(told.flatMap((finding) => SCHEMAS.finding.faults(finding))).toEqual([]);
  });

  it('one that could not even be translated, until it is given up by hand', async () => {
    await says(3, { enrolments: [{ enroledAt: { id: UNIT }, startDate: 'in the autumn' }] });
    const told = await tells('opened', 'closed', 'opened');
    expect(told.at(-1)!.subject).toBe(await personId());
    await services.query(
      `update normalise.parked set state = 'discarded', ended_at = now() where state = 'parked'`,
    );
    await tells('opened', 'closed', 'opened', 'closed');
  });

  it('one about nobody known is no finding about anybody', async () => {
    const unknown = { ...pupil(4), id: '5e1f0000-0000-4000-8000-00000000000e' };
    await send('sis', 'ss12000.person.changed', { ...unknown, civicNo: { value: '201003142386' } }, 'x'); // prettier-ignore
    await eventually(async () => {
      const rows = await services.query(
        `select subject from normalise.parked where state = 'parked'`,
      );
      expect(rows).toEqual([{ subject: null }]);
    });
    expect(await findings('event-parked')).toHaveLength(4);
  });

  it('a source that is silent beyond its contract, until it speaks', async () => {
    await heardOf('sis', clock.now());
    await clock.advance(24 * HOUR_MS);
    await look();
    expect(await findings('source-silent')).toEqual([]);
    await clock.advance(HOUR_MS);
    await look();
    await look();
    const [opened] = await silences('sis', 'opened');
    expect(opened).toMatchObject({
      id: 'source-silent/sis',
      huvudman: 'kommunen1',
      since: clock.now().toISOString(),
      mustAct: 'huvudman',
    });
    const [national] = await silences('units', 'opened');
    expect(national).toMatchObject({ mustAct: 'operator' });
    expect(national!.huvudman).toBeUndefined();
    await says(5);
    await heardOf('sis', clock.now());
    await silences('sis', 'opened', 'closed');
  });

  it('one that has never spoken, from when it was set up; taken out it is no matter any more', async () => {
    await write(source('new', 'kommunen1', 'elevregister', 'ss12000'));
    await eventually(async () => {
      await look();
      expect(await services.query('select 1 from normalise.source_heard where source = $1', ['new'])).toHaveLength(1); // prettier-ignore
    });
    await clock.advance(25 * HOUR_MS);
    await look();
    await silences('new', 'opened');
    await services.produce('admin.settings', [{ key: 'source/new', value: null }]);
    await eventually(async () => {
      await look();
      expect(await services.query('select 1 from normalise.source_heard where source = $1', ['new'])).toEqual([]); // prettier-ignore
    });
    await silences('new', 'opened', 'closed');
  });

  it('no summer without a word', async () => {
    await write(CALENDAR);
    await clock.set(new Date('2027-06-11T20:00:00Z'));
    await says(6);
    await heardOf('sis', clock.now());
    const before = (await silencesOf('sis')).map(({ state }) => state);
    expect(before.at(-1)).toBe('closed');
    await clock.set(new Date('2027-08-17T19:00:00Z'));
    await look();
    await clock.set(new Date('2027-08-17T21:00:00Z'));
    await look();
    const told = await silences('sis', ...before, 'opened');
    expect(told.at(-1)!.since).toBe('2027-08-17T21:00:00.000Z');
  });
});
