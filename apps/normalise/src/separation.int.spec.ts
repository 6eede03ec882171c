import { eventually } from '#testing';
import { HERE, NormaliseUnderTest, THERE, schoolUnit } from '../test/normalise-under-test.js';

const idOf = (last: string): string => `c1d0b5c5-6a4b-5d8a-9b0e-00000000000${last}`;
const number = (text: string) => ({
  civicNo: { value: text },
  birthDate: `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}`,
});
const eppns = (...values: string[]) => ({ eduPersonPrincipalNames: values });

describe('who has been separated, and whose an account is', () => {
  let under: NormaliseUnderTest;

  beforeAll(async () => {
    under = await NormaliseUnderTest.start('separation');
    await under.tellUnits();
  });
  afterAll(() => under?.stop());

  const says = (id: string, day: string, more: object) =>
    under.says('sis', id, `2026-${day}T06:15:22.417+02:00`, HERE, more);
  const account = (user: string, sisId: string, [day, login]: readonly [string, string]) =>
    under.send('platform', 'canvas.user_updated', canvasUser(user, sisId, [day, login]), user);
  const post = (holder: string, day: string) =>
    under.send('sis', 'ss12000.duty.changed', dutyOf(holder, day), `duty of ${holder}`);
  const passesOver = (cause: string) =>
    eventually(async () => {
      const rows = await under.services.query(
        'select outcome from normalise.filtered where cause = $1',
        [cause],
      );
      expect(rows).toEqual([{ outcome: 'filtered:unchanged' }]);
    });
  const holderOf = async (person: string): Promise<string[]> => {
    const rows = await under.services.query<{ kind: string }>(
      `select kind || case when held then '' else ' let go' end as kind from normalise.identifier where person = $1 order by 1`,
      [person],
    );
    return rows.map(({ kind }) => kind);
  };

  it('a record that a human has taken out stays apart, and its number goes with it', async () => {
    const [one, two] = [idOf('1'), idOf('2')];
    const tf = number('20180102TF01');
    const [registered] = await under.tells(await says(one, '08-18', tf), 'person.registered', 'enrolment.started'); // prettier-ignore
    await under.tells(await says(two, '08-18', tf), 'enrolment.started');
    await under.tells(await says(one, '09-01', number('201801022383')), 'person.updated');
    const { id } = registered!.data.person;
    const command = { name: 'separate', person: id, source: 'sis', localId: two };
    const events = await under.tellsInAnyOrder(
      await under.command(command, id),
      'person.separated',
      'person.separated',
    );
    const apart = events.find(({ key }) => key !== id)!.data.person;
    expect(await holderOf(apart.id)).toEqual(['civic']);
    const next = await says(two, '09-02', { ...tf, ...eppns('s2@kommun.example') });
    const [updated] = await under.tells(next, 'person.updated');
    expect(updated!.key).toBe(apart.id);
    await under.parkedAs(await says(two, '09-03', number('201801022383')), 'contradiction');
  });

  it('each of two teachers who were joined has the duty of their own record once a human has separated them', async () => {
    const [one, two] = [idOf('d'), idOf('e')];
    const same = { ...number('198001022386'), enrolments: [] };
    const [registered] = await under.tells(await says(one, '08-18', same), 'person.registered');
    const before = registered!.data.person.id;
    const joined = await says(two, '08-18', same);
    await passesOver(joined);
    const dutyIds = async (person: string): Promise<string[]> => {
      const rows = await under.services.query<{ id: string }>(
        'select id from normalise.source_object where person = $1',
        [person],
      );
      return rows.map(({ id }) => id);
    };
    const dutyOfTold = async (holder: string) => {
      const [started] = await under.tells(await post(holder, '08-20'), 'duty.started');
      return started!.data.person.duties;
    };
    const [first] = await dutyOfTold(one);
    const second = (await dutyOfTold(two)).find(({ id }) => id !== first!.id);
    const command = { name: 'separate', person: before, source: 'sis', localId: two };
    const separated = await under.command(command, before);
    const events = await under.tellsInAnyOrder(separated, 'person.separated', 'person.separated');
    const apart = events.find(({ key }) => key !== before)!.data.person;
    expect(apart.duties).toEqual([second]);
    expect(await dutyIds(before)).toEqual([first!.id]);
    expect(await dutyIds(apart.id)).toEqual([second!.id]);
    expect(events.find(({ key }) => key === before)!.data.person.duties).toEqual([first]);
    const gone = { id: one, deleted: '2026-09-02T06:00:00+02:00' };
    const dropped = await under.send('sis', 'ss12000.person.deleted', gone, one);
    const [ended] = await under.tells(dropped, 'duty.ended', 'person.dormant');
    expect(ended!.key).toBe(before);
    expect(await dutyIds(apart.id)).toEqual([second!.id]);
  });

  it('is not joined again by an answer that had joined it', async () => {
    const [one, two] = [idOf('3'), idOf('4')];
    const same = number('201801102383');
    const bo = { ...same, givenName: 'Bo', familyName: 'Annan' };
    const [registered] = await under.tells(await says(one, '08-18', same), 'person.registered', 'enrolment.started'); // prettier-ignore
    const asked = await says(two, '08-18', bo);
    await under.parkedAs(asked, 'contradiction');
    const [row] = await under.services.query<{ awaits: string }>(
      'select awaits from normalise.parked where cause = $1',
      [asked],
    );
    const question = row!.awaits;
    await under.command({ name: 'answer', question, answer: 'same-person' }, question);
    await under.tells(asked, 'enrolment.started');
    const { id } = registered!.data.person;
    const command = { name: 'separate', person: id, source: 'sis', localId: two };
    await under.tellsInAnyOrder(
      await under.command(command, id),
      'person.separated',
      'person.separated',
    );
    const next = await says(two, '09-02', { ...bo, ...eppns('s4@kommun.example') });
    const [updated] = await under.tells(next, 'person.updated');
    expect(updated!.key).not.toBe(id);
  });

  it('an account goes from the wrong pupil to the right one, its log-in with it', async () => {
    const [one, two] = [idOf('5'), idOf('6')];
    await under.tells(await says(one, '08-18', number('201801042381')), 'person.registered', 'enrolment.started'); // prettier-ignore
    const right = await says(two, '08-18', number('201801112390'));
    const [registered] = await under.tells(right, 'person.registered', 'enrolment.started');
    const login = 's5@kommun.example';
    await under.tells(await account('7', one, ['08-19', login]), 'person.updated');
    const corrected = await account('7', two, ['08-20', login]);
    await under.tellsInAnyOrder(corrected, 'person.updated', 'person.updated');
    expect(await holderOf(registered!.data.person.id)).toEqual(['civic', 'eppn']);
    await passesOver(await account('7', two, ['08-21', login]));
  });

  it('an account goes along under a new identity, with all EPPNs that it gives, and a duty is left behind', async () => {
    const pupil = idOf('7');
    const old = { ...number('201801062389'), ...eppns('s7@kommun.example') };
    const [registered] = await under.tells(await says(pupil, '08-18', old), 'person.registered', 'enrolment.started'); // prettier-ignore
    await under.tells(await account('8', pupil, ['08-19', 't7@kommun.example']), 'person.updated');
    await passesOver(await account('9', pupil, ['08-19', 's7@kommun.example']));
    await under.tells(await post(pupil, '08-20'), 'duty.started');
    const changed = { ...number('201801122381'), ...eppns('s7@kommun.example') };
    const asked = await says(pupil, '09-01', changed);
    await under.parkedAs(asked, 'contradiction');
    const [row] = await under.services.query<{ awaits: string }>(
      'select awaits from normalise.parked where cause = $1',
      [asked],
    );
    const question = row!.awaits;
    await under.command({ name: 'answer', question, answer: 'different-persons' }, question);
    const before = registered!.data.person.id;
    const anew = await eventually(async () => {
      const events = await under.told(asked);
      const known = events.find(({ type }) => type === 'person.registered');
      expect(known).toBeDefined();
      return known!.key!;
    });
    expect(anew).not.toBe(before);
    expect(await holderOf(anew)).toEqual(['civic', 'eppn', 'eppn']);
    expect(await holderOf(before)).toEqual(['civic']);
    const left = (await under.told(asked)).filter(({ type }) => type === 'duty.ended');
    expect(left.map(({ key }) => key)).toEqual([before]);
    const [again] = await under.tells(await post(pupil, '09-01'), 'duty.started');
    expect(again!.key).toBe(anew);
    // Nothing new but the time: of the two EPPNs the one that was said last comes first.
    await under.tells(await account('8', pupil, ['09-02', 't7@kommun.example']), 'person.updated');
    await passesOver(await account('8', pupil, ['09-03', 't7@kommun.example']));
  });

  it('of somebody erased no key and no event is left, of however many they were, and nothing brings them back', async () => {
    const [one, two, three] = [idOf('8'), idOf('9'), idOf('a')];
    const final = number('201801082387');
    const ids: string[] = [];
    for (const [id, tf] of [
      [one, '20180108TF01'],
      [two, '20180108TF02'],
      [three, '20180108TF03'],
    ] as const) {
      const [registered] = await under.tells(await says(id, '08-18', number(tf)), 'person.registered', 'enrolment.started'); // prettier-ignore
      ids.push(registered!.data.person.id);
    }
    // The first turns out to be the second, who turns out to be the third.
    const joined = await says(two, '08-19', number('20180108TF01'));
    await under.tellsInAnyOrder(joined, 'person.merged', 'person.merged', 'person.updated');
    await says(three, '08-20', final);
    await says(one, '08-20', final);
    await eventually(async () => {
      const rows = await under.services.query(
        'select 1 from normalise.person where id = any($1) and merged_into is not null',
        [ids],
      );
      expect(rows).toHaveLength(2);
    });
    const [survivor] = await under.services.query<{ id: string }>(
      'select id from normalise.person where id = any($1) and merged_into is null',
      [ids],
    );
    const unknownUnit = [{ enroledAt: { id: THERE }, schoolType: 'GR', schoolYear: 9, startDate: '2026-10-01', cancelled: false }]; // prettier-ignore
    const waits = await says(one, '09-01', { ...final, enrolments: unknownUnit });
    await under.parkedAs(waits, 'unit-not-yours');
    const bo = { ...final, givenName: 'Bo', familyName: 'Annan' };
    const asks = await under.says('fri', idOf('b'), '2026-09-01T06:15:22.417+02:00', THERE, bo);
    await under.parkedAs(asks, 'contradiction');
    await under.tells(
      await under.command({ name: 'erase', person: survivor!.id }, survivor!.id),
      'person.erased',
    );
    const keys = await under.services.query(
      `select 1 from normalise.person where id = any($1) and key <> ''`,
      [ids],
    );
    expect(keys).toEqual([]);
    const parked = await under.services.query(
      'select state, value, headers, issues from normalise.parked where cause = any($1)',
      [[waits, asks]],
    );
    const emptied = { state: 'discarded', value: null, headers: {}, issues: [] };
    expect(parked).toEqual([emptied, emptied]);
    expect(await under.services.query('select 1 from normalise.question where local_id = $1', [idOf('b')])).toEqual([]); // prettier-ignore
    const told = schoolUnit('12345674', '2120000001');
    const meta = { ...told.meta, extractDate: '2026-09-02T00:06:11.02+02:00' };
    const arrives = await under.send('units', 'school-units.unit.changed', { ...told, meta }, '12345674'); // prettier-ignore
    await eventually(async () => expect(await under.told(arrives)).toHaveLength(1));
    await under.tells(
      await says(idOf('c'), '09-02', number('201801132398')),
      'person.registered',
      'enrolment.started',
    );
    const claims = await under.services.query<{ person: string | null }>(
      'select person from normalise.claim where local_id = any($1) and source = $2',
      [[one, two, three], 'sis'],
    );
    expect(claims.map(({ person }) => person)).toEqual([null, null, null]);
  });
});

/** A user of the learning platform, as Canvas has it. */
function dutyOf(holder: string, day: string) {
  return {
    id: holder,
    meta: { modified: `2026-${day}T07:00:00Z` },
    person: { id: holder },
    dutyAt: { id: HERE },
    dutyRole: 'Lärare',
    startDate: '2026-08-17',
  };
}

function canvasUser(user: string, sisId: string, [day, login]: readonly [string, string]) {
  return {
    metadata: {
      event_name: 'user_updated',
      event_time: `2026-${day}T08:00:00.000Z`,
      producer: 'canvas',
    },
    body: {
      created_at: '2026-08-18T05:39:59Z',
      updated_at: `2026-${day}T07:59:59Z`,
      name: 'Kanariesson',
      short_name: 'K',
      user_id: user,
      user_login: login,
      user_sis_id: sisId,
      uuid: `uuid-${user}`,
      workflow_state: 'registered',
    },
  };
}
