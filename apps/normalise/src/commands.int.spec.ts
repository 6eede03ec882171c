import { eventually } from '#testing';
import { HERE, NormaliseUnderTest, THERE } from '../test/normalise-under-test.js';

const KOMMUN = { huvudman: 'kommunen1', role: 'registrator', acr: 'loa3' };
const FRISKOLA = { huvudman: 'friskola1', role: 'rektor', acr: 'loa3' };
const idOf = (last: string): string => `d2e0b5c5-6a4b-5d8a-9b0e-00000000000${last}`;
const DAY = '2026-08-18T06:15:22.417+02:00';

describe('a command of somebody who acts for a huvudman', () => {
  let under: NormaliseUnderTest;

  beforeAll(async () => {
    under = await NormaliseUnderTest.start('whose-command');
    await under.tellUnits();
  });
  afterAll(() => under?.stop());

  const applied = () =>
    under.services.query<{ huvudman: string | null; about: string; outcome: string }>(
      `select huvudman, role, acr, about, outcome from normalise.audit where action = 'command.applied' order by number`,
    );
  /** Gives a command and waits until the audit says how it ended. */
  const gives = async (what: object, target: string, as?: typeof KOMMUN): Promise<string> => {
    const before = (await applied()).length;
    await under.command(what, target, as);
    return eventually(async () => {
      const entries = await applied();
      expect(entries).toHaveLength(before + 1);
      const { outcome, ...entry } = entries.at(-1)!;
      expect(entry).toEqual({ huvudman: null, role: null, acr: null, about: target, ...as });
      return outcome;
    });
  };
  /** Two records with one number and unlike names: whoever speaks second asks. @returns the question and the event that waits for it. */
  const asks = async (civicNo: string, [one, two]: readonly [string, string]) => {
    const number = { civicNo: { value: civicNo }, birthDate: '2016-01-01' };
    const known = await under.says('sis', one, DAY, HERE, number);
    await under.tells(known, 'person.registered', 'enrolment.started');
    const unlike = { ...number, givenName: 'Bo', familyName: 'Annan' };
    const cause = await under.says('fri', two, DAY, THERE, unlike);
    await under.parkedAs(cause, 'contradiction');
    const [row] = await under.services.query<{ awaits: string }>(
      'select awaits from normalise.parked where cause = $1',
      [cause],
    );
    return { cause, question: row!.awaits };
  };
  const stateOf = (cause: string) =>
    under.services.query('select state from normalise.parked where cause = $1', [cause]);

  it('answers only what that huvudman’s own sources have asked', async () => {
    const { cause, question } = await asks('201601012394', [idOf('1'), idOf('2')]);
    for (const says of ['same-person', 'different-persons', 'reject']) {
      const answer = { name: 'answer', question, answer: says };
      expect(await gives(answer, question, KOMMUN)).toBe('refused');
    }
    expect(await stateOf(cause)).toEqual([{ state: 'parked' }]);
    expect(await under.services.query('select 1 from normalise.answer')).toEqual([]);
    expect(await under.told(cause)).toEqual([]);
    // Whom it would be joined with may be another huvudman's pupil.
    const joins = { name: 'answer', question, answer: 'same-person' };
    expect(await gives(joins, question, FRISKOLA)).toBe('refused');
    const answer = { name: 'answer', question, answer: 'different-persons' };
    expect(await gives(answer, question, FRISKOLA)).toBe('done');
    await under.tells(cause, 'person.registered', 'enrolment.started');
  });

  it('does not answer for a source that nobody has set up any more; the hub’s operator does', async () => {
    const { cause, question } = await asks('201601022385', [idOf('3'), idOf('4')]);
    await under.services.produce('admin.settings', [{ key: 'source/fri', value: null }]);
    const answer = { name: 'answer', question, answer: 'reject' };
    await eventually(async () => expect(await gives(answer, question, FRISKOLA)).toBe('refused'));
    expect(await stateOf(cause)).toEqual([{ state: 'parked' }]);
    expect(await gives(answer, question)).toBe('done');
    expect(await stateOf(cause)).toEqual([{ state: 'discarded' }]);
    await under.tellSettings();
  });

  it('separates nobody', async () => {
    const number = { civicNo: { value: '201601042383' }, birthDate: '2016-01-04' };
    const [here, there] = [idOf('5'), idOf('6')];
    const first = await under.says('sis', here, DAY, HERE, number);
    const [registered] = await under.tells(first, 'person.registered', 'enrolment.started');
    await under.tells(await under.says('fri', there, DAY, THERE, number), 'enrolment.started');
    const { id } = registered!.data.person;
    const separate = { name: 'separate', person: id, source: 'fri', localId: there };
    for (const by of [KOMMUN, FRISKOLA]) expect(await gives(separate, id, by)).toBe('refused');
    const claims = await under.services.query(
      'select distinct person from normalise.claim where local_id = any($1)',
      [[here, there]],
    );
    expect(claims).toEqual([{ person: id }]);
    const given = await under.command(separate, id);
    await under.tellsInAnyOrder(given, 'person.separated', 'person.separated');
  });

  it('erases nobody, and begins neither a replay nor a retry', async () => {
    const number = { civicNo: { value: '201601082389' }, birthDate: '2016-01-08' };
    const first = await under.says('sis', idOf('7'), DAY, HERE, number);
    const [registered] = await under.tells(first, 'person.registered', 'enrolment.started');
    const { id } = registered!.data.person;
    expect(await gives({ name: 'erase', person: id }, id, KOMMUN)).toBe('refused');
    for (const action of ['begin', 'stop']) {
      expect(await gives({ name: 'replay', action }, 'register', KOMMUN)).toBe('refused');
    }
    await under.parkedAs(
      await under.says('sis', idOf('8'), DAY, THERE, { civicNo: { value: '201601062381' }, birthDate: '2016-01-06' }), // prettier-ignore
      'unit-not-yours',
    );
    const [group] = await under.services.query<{ causeGroup: string }>(
      `select cause_group as "causeGroup" from normalise.parked where state = 'parked'`,
    );
    const retry = { name: 'retry', stage: 'normalise', action: 'begin', ...group };
    expect(await gives(retry, 'retry/normalise', KOMMUN)).toBe('refused');
    for (const table of ['retry', 'replay']) {
      expect(await under.services.query(`select 1 from normalise.${table}`)).toEqual([]);
    }
    const [kept] = await under.services.query<{ length: number }>(
      'select length(key) from normalise.person where id = $1',
      [id],
    );
    expect(kept!.length).toBeGreaterThan(0);
    expect(await gives(retry, 'retry/normalise')).toBe('done');
    expect(await gives({ name: 'erase', person: id }, id)).toBe('done');
  });
});
