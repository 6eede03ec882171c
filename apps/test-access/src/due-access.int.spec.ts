import { formatSequence, sourceUrn, toBinaryHeaders, type AccessEventData, type FindingData, type PersonState, type SourceSetting } from '#canonical'; // prettier-ignore
import { bootStage, type BootedStage } from '#runtime';
import { stageTransport } from '#stage';
import { eventually, ownServices, type OwnServices } from '#testing';
import { DueAccessSchedule } from './due-access.schedule.js';
import { CALENDAR, INDEPENDENT, MUNICIPALITY, duty, enrolment, eppn, idOf } from './rules/testing/given-person.js'; // prettier-ignore
import { TestAccessModule } from './test-access.module.js';

const EPPNS = [eppn(MUNICIPALITY), eppn(INDEPENDENT)];
const atMunicipality = enrolment(MUNICIPALITY, '2026-08-18');
const leftMunicipality = { ...atMunicipality, endDate: '2026-11-11' };
const HOUR_MS = 3_600_000;

/** A clock that is set as a broken one may be: forwards, and back. */
const clock = {
  at: new Date('2026-10-01T08:00:00Z'),
  now(): Date {
    return new Date(this.at);
  },
};

describe('what is due by time', () => {
  let services: OwnServices;
  let booted: BootedStage;
  let sent = 0;

  const boot = async (more: Record<string, string> = {}) => {
    booted = await bootStage(TestAccessModule, {
      stage: 'test-access',
      environment: { ...services.environment, SCHEDULE_INTERVAL_MS: '600000', ...more },
      clock,
      ownsProcess: false,
      strategies: (app) => [stageTransport(app)],
    });
  };
  const person = (name: string, more: Partial<PersonState> = {}): PersonState => ({
    id: idOf(name),
    securityMarking: 'Ingen',
    personStatus: 'Aktiv',
    standing: 'present',
    eppns: EPPNS,
    enrolments: [],
    duties: [],
    tests: [],
    ...more,
  });
  const record = (state: PersonState) => {
    const number = ++sent;
    return {
      key: state.id,
      // Written 16 minutes ago: what of it is unread makes the stage behind.
      timestamp: String(Date.now() - 16 * 60_000),
      value: JSON.stringify({ person: state, change: { fields: [] } }),
      headers: toBinaryHeaders({
        id: idOf(`due event ${number}`),
        source: 'urn:elevnav:normalise',
        type: 'se.elevnav.person.updated',
        subject: state.id,
        sequence: formatSequence(1, number),
        causationid: `${sourceUrn('register')} event-${number}`,
      }),
    };
  };
  const known = async (...states: PersonState[]) => {
    await services.produce('canonical.events', states.map(record));
    await eventually(async () => {
      const rows = await services.query(
        'select 1 from test_access.person_access where person = any($1)',
        [states.map(({ id }) => id)],
      );
      expect(rows).toHaveLength(states.length);
    });
  };
  const becomes = async (instant: string | Date) => {
    clock.at = new Date(instant);
    await booted.app.get(DueAccessSchedule, { strict: false }).catchUp();
  };
  const usable = async (name: string) => {
    const [row] = await services.query<{ state: { access: AccessEventData['access'] } }>(
      'select state from test_access.person_access where person = $1',
      [idOf(name)],
    );
    return row!.state.access.entries
      .filter(({ eppn: value }) => value !== null)
      .map(({ huvudman, held }) => `${huvudman}:${held}`)
      .sort();
  };
  const told = async (name: string) =>
    (await services.readAll('access.events'))
      .filter(({ key }) => key === idOf(name))
      .map(({ headers }) => headers.ce_type!.slice('se.elevnav.'.length));
  const finds = async (finding: Omit<FindingData, 'stage' | 'since' | 'mustAct'>) => {
    const key = finding.subject ?? finding.source!;
    const value: FindingData = {
      ...finding,
      stage: 'normalise',
      since: new Date().toISOString(),
      mustAct: 'vendor',
    };
    const headers = toBinaryHeaders({
      id: idOf(`finding ${++sent}`),
      source: 'urn:elevnav:normalise',
      type: `se.elevnav.finding.${finding.state}`,
      subject: key,
    });
    await services.produce('findings', [{ key, value: JSON.stringify(value), headers }]);
    await eventually(async () => {
      const rows = await services.query('select 1 from test_access.stale_knowledge where id = $1', [
        finding.id,
      ]);
      expect(rows).toHaveLength(finding.state === 'opened' ? 1 : 0);
    });
  };
  const parked = (name: string, state: 'opened' | 'closed') =>
    finds({
      id: `event-parked/${name}`,
      state,
      cause: 'event-parked',
      source: 'municipality-register',
      subject: idOf(name),
    });
  const silent = (source: string, state: 'opened' | 'closed') =>
    finds({ id: `source-silent/${source}`, state, cause: 'source-silent', source });
  const source = (id: string, huvudman: string, sourceKind: SourceSetting['sourceKind']) => ({
    key: `source/${id}`,
    value: JSON.stringify({
      kind: 'source',
      id,
      huvudman,
      sourceKind,
      adapter: 'any',
      clients: [],
      contract: { marking: 'field', completeness: 'full', silenceHours: 24 },
    } satisfies SourceSetting),
  });

  beforeAll(async () => {
    services = await ownServices('due-access');
    await boot();
    await services.produce('admin.settings', [
      { key: `calendar/${CALENDAR.id}`, value: JSON.stringify(CALENDAR) },
      source('municipality-register', MUNICIPALITY, 'elevregister'),
      source('municipality-absence', MUNICIPALITY, 'absence'),
      source('independent-register', INDEPENDENT, 'elevregister'),
    ]);
  });
  afterAll(async () => {
    await booted?.stop();
    await services?.stop();
  });

  it.each([
    ['the day before the clocks go back', '2026-10-24', '2026-10-24T22:00:00Z'],
    ['the day of 25 hours', '2026-10-25', '2026-10-25T23:00:00Z'],
    ['the day before the clocks go forward', '2027-03-27', '2027-03-27T23:00:00Z'],
    ['the day of 23 hours', '2027-03-28', '2027-03-28T22:00:00Z'],
  ])('a duty stands through %s, to the second', async (name, endDate, gone) => {
    clock.at = new Date(new Date(gone).getTime() - 30 * HOUR_MS);
    const duties = [duty(MUNICIPALITY, '2026-08-01', { endDate })];
    await known(person(name, { duties }));
    await becomes(new Date(new Date(gone).getTime() - 1));
    expect(await usable(name)).toEqual(['municipality:duty']);
    await becomes(gone);
    expect(await usable(name)).toEqual([]);
  });

  it('a clock that jumps ahead and back takes nothing for good, and gives nothing before its time', async () => {
    clock.at = new Date('2026-11-10T08:00:00Z');
    const begins = enrolment(INDEPENDENT, '2026-11-12');
    await known(
      person('a beginner', { enrolments: [begins] }),
      person('a teacher', { duties: [duty(MUNICIPALITY, '2026-08-01', { endDate: '2026-11-11' })] }),
    ); // prettier-ignore
    await becomes('2026-11-14T08:00:00Z');
    expect(await usable('a beginner')).toEqual(['independent:enrolment']);
    expect(await usable('a teacher')).toEqual([]);
    await becomes('2026-11-10T09:00:00Z');
    expect(await usable('a beginner')).toEqual([]);
    expect(await usable('a teacher')).toEqual(['municipality:duty']);
    await becomes('2026-11-11T22:59:59Z');
    expect(await usable('a teacher')).toEqual(['municipality:duty']);
    await becomes('2026-11-11T23:00:00Z');
    expect(await usable('a beginner')).toEqual(['independent:enrolment']);
    expect(await usable('a teacher')).toEqual([]);
  });

  it('is decided on after nights that were skipped as it would have been in each of them', async () => {
    clock.at = new Date('2026-11-10T08:00:00Z');
    const enrolments = [leftMunicipality, enrolment(INDEPENDENT, '2026-12-01')];
    await known(person('slept through', { enrolments }));
    await booted.stop();
    clock.at = new Date('2026-12-24T05:00:00Z');
    await boot();
    await becomes('2026-12-24T05:00:00Z');
    expect(await usable('slept through')).toEqual(['independent:enrolment']);
    await eventually(async () =>
      expect(await told('slept through')).toEqual(['access.granted', 'test.assigned', 'access.moved', 'test.assigned']),
    ); // prettier-ignore
  });

  it('is postponed while an event about the pupil is parked, and decided when it is healed', async () => {
    clock.at = new Date('2026-11-10T08:00:00Z');
    await known(person('a leaver', { enrolments: [leftMunicipality] }));
    await becomes('2027-01-29T08:00:00Z');
    await parked('a leaver', 'opened');
    await becomes('2027-01-30T08:00:00Z');
    expect(await usable('a leaver')).toEqual(['municipality:postponed']);
    // A finding bears the person's key, and takes nothing from what is parked under it.
    await becomes('2027-02-10T08:00:00Z');
    expect(await usable('a leaver')).toEqual(['municipality:postponed']);
    await parked('a leaver', 'closed');
    await becomes('2027-02-10T08:00:01Z');
    expect(await usable('a leaver')).toEqual([]);
    await eventually(async () =>
      expect((await told('a leaver')).slice(-4)).toEqual([
        'access.postponed',
        'access.settled',
        'access.settled',
        'access.revoked',
      ]),
    );
  });

  it('is postponed for the pupils of a huvudman whose register is silent, and for nobody else', async () => {
    clock.at = new Date('2026-11-10T08:00:00Z');
    const elsewhere = enrolment(INDEPENDENT, '2026-08-18', { endDate: '2026-11-11' });
    await known(
      person('of the silent', { enrolments: [leftMunicipality] }),
      person('of another', { enrolments: [elsewhere] }),
    );
    await becomes('2027-01-29T08:00:00Z');
    await silent('municipality-register', 'opened');
    await becomes('2027-01-30T08:00:00Z');
    expect(await usable('of the silent')).toEqual(['municipality:postponed']);
    expect(await usable('of another')).toEqual([]);
    await silent('municipality-register', 'closed');
    await becomes('2027-01-30T08:00:01Z');
    expect(await usable('of the silent')).toEqual([]);
  });

  it('is no matter of an absence system that is silent', async () => {
    clock.at = new Date('2026-11-10T08:00:00Z');
    await known(person('of the absent', { enrolments: [leftMunicipality] }));
    await becomes('2027-01-29T08:00:00Z');
    await silent('municipality-absence', 'opened');
    await becomes('2027-01-30T08:00:00Z');
    expect(await usable('of the absent')).toEqual([]);
  });

  it('is postponed while the stage has events unread for more than 15 minutes', async () => {
    clock.at = new Date('2027-01-20T08:00:00Z');
    await known(person('in the backlog', { enrolments: [leftMunicipality] }));
    await booted.stop();
    const unread = record(person('somebody', { enrolments: [atMunicipality] }));
    await services.produce('canonical.events', [unread]);
    await boot({ STAGE_TOPICS: 'findings' });
    await becomes('2027-01-30T08:00:00Z');
    expect(await usable('in the backlog')).toEqual(['municipality:postponed']);
    const [row] = await services.query<{ by: string[] }>(
      'select postponed_by as by from test_access.person_access where person = $1',
      [idOf('in the backlog')],
    );
    expect(row!.by).toEqual(['stage-behind']);
    await booted.stop();
    await boot();
    await eventually(() => usable('somebody'));
    await becomes('2027-01-30T08:00:01Z');
    expect(await usable('in the backlog')).toEqual([]);
  });

  it('a finding about a person whose event is parked here waits for nothing and replaces nothing', async () => {
    const state = person('a parked one');
    const broken = { ...state, securityMarking: 'maybe' as 'Ingen' };
    await services.produce('canonical.events', [record(broken)]);
    const rows = () =>
      services.query<{ state: string; code: string; topic: string }>(
        'select state, code, topic from test_access.parked where key = $1',
        [state.id],
      );
    const one = [{ state: 'parked', code: 'bad-data', topic: 'canonical.events' }];
    await eventually(async () => expect(await rows()).toEqual(one));
    // Its own finding comes back to it over the topic.
    await eventually(async () => {
      const found = await services.query(
        'select source from test_access.stale_knowledge where person = $1',
        [state.id],
      );
      expect(found).toEqual([{ source: 'register' }]);
    });
    expect(await rows()).toEqual(one);
  });
});
