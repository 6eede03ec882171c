import { formatSequence, toBinaryHeaders, type ActivityState, type CalendarSetting, type GroupState, type PersonState } from '#canonical'; // prettier-ignore
import { SteppableClock, bootStage, type BootedStage } from '#runtime';
import { stageTransport } from '#stage';
import { eventually, ownServices, type OwnServices } from '#testing';
import type { AccessRecord } from './rules/access-record.js';
import { CALENDAR, INDEPENDENT, MUNICIPALITY, UNITS, enrolment, eppn, idOf } from './rules/testing/given-person.js'; // prettier-ignore
import { TestAccessModule } from './test-access.module.js';

const EPPNS = [eppn(MUNICIPALITY), eppn(INDEPENDENT)];
const ENGLISH = idOf('english 6');
const calendar: CalendarSetting = {
  ...CALENDAR,
  tests: [
    {
      activity: ENGLISH,
      displayName: 'English 6',
      schoolType: 'GY',
      assignedBy: 'course',
      windowStart: '2026-11-09',
      windowEnd: '2026-11-20',
    },
  ],
};
const atMunicipality = enrolment(MUNICIPALITY, '2025-08-18', { schoolType: 'GY', schoolYear: 2 });

describe('courses become tests', () => {
  let services: OwnServices;
  let booted: BootedStage;
  const clock = new SteppableClock(new Date('2026-11-10T09:00:00Z'));
  let sent = 0;

  const record = (type: string, id: string, data: object, number = ++sent) => ({
    key: id,
    value: JSON.stringify(data),
    headers: toBinaryHeaders({
      id: idOf(`course event ${number}`),
      source: 'urn:elevnav:normalise',
      type: `se.elevnav.${type}`,
      subject: id,
      sequence: formatSequence(1, number),
      causationid: `urn:elevnav:source:register course-event-${number}`,
    }),
  });
  const stateOf = (name: string, more: Partial<PersonState> = {}): PersonState => ({
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
  const person = (name: string, more: Partial<PersonState> = {}, number?: number) => {
    const state = stateOf(name, more);
    const data = { person: state, change: { fields: [] } };
    return record('person.updated', state.id, data, number);
  };
  const group = (name: string, members: readonly string[], verb = 'changed', number?: number) => {
    const state: GroupState = {
      id: idOf(name),
      source: 'register',
      huvudman: MUNICIPALITY,
      schoolUnit: UNITS[MUNICIPALITY]!,
      displayName: 'En2a',
      groupType: 'Undervisning',
      startDate: '2026-08-18',
      groupMemberships: members.map((member) => ({ person: idOf(member) })),
    };
    return record(`group.${verb}`, state.id, { group: state }, number);
  };
  const activity = (name: string, groups: readonly string[], verb = 'changed') => {
    const state: ActivityState = {
      id: idOf(name),
      source: 'register',
      huvudman: MUNICIPALITY,
      schoolUnit: UNITS[MUNICIPALITY]!,
      displayName: 'Engelska 6',
      groups: groups.map(idOf),
      teachers: [],
      parentActivity: ENGLISH,
      startDate: '2026-08-18',
    };
    return record(`activity.${verb}`, state.id, { activity: state });
  };
  const learns = (...records: ReturnType<typeof record>[]) =>
    services.produce('canonical.events', records);
  const tests = async (name: string) => {
    const [row] = await services.query<{ state: AccessRecord }>(
      'select state from test_access.person_access where person = $1',
      [idOf(name)],
    );
    return row?.state.access.tests.map(({ huvudman, state }) => `${huvudman}:${state}`);
  };
  const writes = (name: string, ...expected: string[]) =>
    eventually(async () => expect(await tests(name)).toEqual(expected));

  beforeAll(async () => {
    services = await ownServices('courses');
    booted = await bootStage(TestAccessModule, {
      stage: 'test-access',
      environment: { ...services.environment, SCHEDULE_INTERVAL_MS: '300' },
      clock,
      ownsProcess: false,
      strategies: (app) => [stageTransport(app)],
    });
    await services.produce('admin.settings', [
      { key: `calendar/${calendar.id}`, value: JSON.stringify(calendar) },
    ]);
  });
  afterAll(async () => {
    await booted?.stop();
    await services?.stop();
  });

  it.each([
    ['person, group, course', ['person', 'group', 'activity']],
    ['course, group, person', ['activity', 'group', 'person']],
    ['group, person, course', ['group', 'person', 'activity']],
  ])('in whatever order they come: %s', async (order, kinds) => {
    const name = `pupil of ${order}`;
    const made = {
      person: () => person(name),
      group: () => group(`group of ${order}`, [name]),
      activity: () => activity(`activity of ${order}`, [`group of ${order}`]),
    };
    for (const kind of kinds) await learns(made[kind as keyof typeof made]());
    await writes(name, `${MUNICIPALITY}:assigned`);
  });

  it('of who was taken off the list are dropped, and of who came onto it given', async () => {
    await learns(person('stays'), person('drops'), person('comes'));
    await learns(group('changing', ['stays', 'drops']), activity('english', ['changing']));
    await writes('drops', `${MUNICIPALITY}:assigned`);
    await writes('comes');
    // As of a member who was to begin after the window; whom the list then leaves out never began.
    await services.query(`update test_access.group_member set start_date = '2026-12-24' where person = $1`, [idOf('drops')]); // prettier-ignore
    await learns(group('changing', ['stays', 'comes']));
    await writes('comes', `${MUNICIPALITY}:assigned`);
    await writes('stays', `${MUNICIPALITY}:assigned`);
    await writes('drops');
  });

  it('are not undone by an older list that comes late', async () => {
    const old = ++sent;
    await learns(person('late'));
    await learns(group('twice said', ['late']), activity('of twice said', ['twice said']));
    await writes('late', `${MUNICIPALITY}:assigned`);
    await learns(group('twice said', [], 'changed', old), person('marker'));
    await eventually(async () => expect(await tests('marker')).toEqual([]));
    const members = await services.query('select from test_access.group_member where person = $1', [idOf('late')]); // prettier-ignore
    expect(members).toHaveLength(1);
    await writes('late', `${MUNICIPALITY}:assigned`);
  });

  it('go with the pupil who moves, though the old school takes the pupil off its list', async () => {
    await learns(person('mover'));
    await learns(group('left', ['mover']), activity('left english', ['left']));
    await writes('mover', `${MUNICIPALITY}:assigned`);
    await learns(group('left', []));
    const enrolments = [
      { ...atMunicipality, endDate: '2026-11-09' },
      enrolment(INDEPENDENT, '2026-11-10', { schoolType: 'GY', schoolYear: 2 }),
    ];
    await learns(person('mover', { enrolments }));
    await writes('mover', `${INDEPENDENT}:assigned`);
  });

  it('stay with who is left when two are told apart, also where the group has an earlier id of theirs', async () => {
    const formerIds = [idOf('earlier')];
    await learns(group('of earlier', ['earlier']), activity('taught earlier', ['of earlier']));
    await learns(person('left over', { formerIds }));
    await writes('left over', `${MUNICIPALITY}:assigned`);
    const stays = stateOf('left over', { formerIds, eppns: [eppn(MUNICIPALITY)] });
    const splitFrom = { id: stays.id, huvudmen: [INDEPENDENT] };
    const goes = stateOf('told apart', { eppns: [eppn(INDEPENDENT)], enrolments: [], splitFrom });
    const numbers = { from: stays.id, fromNumber: ++sent, apart: goes.id, apartNumber: ++sent };
    const first = { person: goes, change: { separated: { ...numbers, other: stays } } };
    await learns(record('person.separated', goes.id, first, numbers.apartNumber));
    await writes('told apart');
    await writes('left over', `${MUNICIPALITY}:assigned`);
  });

  it('end with a teaching activity that is taken back', async () => {
    await learns(person('freed'));
    await learns(group('of cancelled', ['freed']), activity('cancelled', ['of cancelled']));
    await writes('freed', `${MUNICIPALITY}:assigned`);
    await learns(activity('cancelled', ['of cancelled'], 'cancelled'));
    await writes('freed');
  });

  it('are forgotten of a person who is erased', async () => {
    await learns(person('erased'), group('had erased', ['erased']));
    const members = () =>
      services.query('select from test_access.group_member where person = $1', [idOf('erased')]);
    await eventually(async () => expect(await members()).toHaveLength(1));
    await learns(person('erased', { standing: 'erased', eppns: [], enrolments: [] }));
    await eventually(async () => expect(await members()).toHaveLength(0));
  });

  it('are forgotten of a person who is erased, those of an earlier id too', async () => {
    await learns(group('had former', ['former']), person('erased later', { formerIds: [idOf('former')] })); // prettier-ignore
    const members = () =>
      services.query('select from test_access.group_member where person = $1', [idOf('former')]);
    await eventually(async () => expect(await members()).toHaveLength(1));
    await writes('erased later');
    await learns(person('erased later', { standing: 'erased', eppns: [], enrolments: [] }));
    await eventually(async () => expect(await members()).toHaveLength(0));
  });

  it('are found also when group and pupil came in two processes at the same moment', async () => {
    await learns(activity('of a race', ['raced']), person('racer'));
    await writes('racer');
    // As the other process leaves them: it saw no row of the pupil to make due.
    await services.query(`insert into test_access.teaching_group values ($1, '', '2026-08-18', '9999-12-31')`, [idOf('raced')]); // prettier-ignore
    await services.query(`insert into test_access.group_member values ($1, $2, '2026-08-18', '9999-12-31')`, [idOf('raced'), idOf('racer')]); // prettier-ignore
    await clock.advance(60_000);
    await writes('racer', `${MUNICIPALITY}:assigned`);
  });

  it('park a group that breaks its contract, with what was expected', async () => {
    const id = idOf('broken group');
    await learns(record('group.changed', id, { group: { id } }));
    await eventually(async () => {
      const parked = await services.query<{ code: string }>(
        'select code from test_access.parked where key = $1',
        [id],
      );
      expect(parked).toEqual([{ code: 'bad-data' }]);
    });
  });
});
