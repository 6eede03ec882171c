import type { Fact } from '#adapters';
import { claimKey } from '../register/records.js';
import { enrolment, HERE, person, story, THERE } from './testing/given-register.js';

const duty = (day: string, more: object = {}): Fact => ({
  kind: 'duty-asserted',
  localId: 'tjänst-1',
  modified: `${day}T08:00:00.000000Z`,
  person: 'lärare-1',
  unit: HERE,
  dutyRole: 'Lärare',
  startDate: '2025-08-01',
  ...more,
});
const drops = (day: string, localId = 'lärare-1'): Fact => ({
  kind: 'person-removed',
  localId,
  modified: `${day}T08:00:00.000000Z`,
});
const teacher = (day: string, localId = 'lärare-1') => person(localId, day, { enrolments: [] });

type Words = readonly (readonly [string, Fact])[];

/** The duties that stand once all of it has been heard, in this order. */
function dutiesAfter(words: Words): string[] {
  const { tell, persons } = story();
  for (const [from, fact] of words) tell(from, fact);
  const all = persons().flatMap(({ duties }) => duties);
  return all.map(({ source, schoolUnit }) => `${source} ${schoolUnit}`).sort();
}

function ordersOf<Item>(items: readonly Item[]): Item[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((first, place) =>
    ordersOf(items.filter((_, other) => other !== place)).map((rest) => [first, ...rest]),
  );
}

/** Every order in which the words may arrive; what is first heard of before its person waits for that person, so that comes first. */
function inEveryOrder(known: Words, words: Words): string[][] {
  return ordersOf(words).map((order) => dutiesAfter([...known, ...order]));
}

const KNOWN: Words = [['sis', teacher('2026-08-01')]];

describe('a teacher whom the student register drops', () => {
  it('has no duty of that register left, though it takes none back', () => {
    const { tell, persons, announcements } = story();
    tell('sis', teacher('2026-08-01'));
    tell('sis', duty('2026-08-02'));
    expect(tell('sis', drops('2026-09-01'))).toBe('duty.ended, person.dormant');
    expect(persons()[0]!.duties).toEqual([]);
    // No event tells of the person as dropped and on duty at once.
    const told = announcements.slice(-2).map(({ data }) => data as { person: { duties: unknown[] } }); // prettier-ignore
    expect(told.map((one) => one.person.duties)).toEqual([[], []]);
    expect(tell('sis', { kind: 'duty-removed', localId: 'tjänst-1', modified: '2026-09-02T08:00:00.000000Z' })).toBe('filtered:unchanged'); // prettier-ignore
  });

  it('has the duty that was told of later than that, and none that was told of before, in whatever order they arrive', () => {
    const older = inEveryOrder(KNOWN, [['sis', duty('2026-08-02')], ['sis', drops('2026-09-01')]]); // prettier-ignore
    expect(older).toEqual([[], []]);
    const atOnce = inEveryOrder(KNOWN, [['sis', duty('2026-09-01')], ['sis', drops('2026-09-01')]]); // prettier-ignore
    expect(atOnce).toEqual([[], []]);
    const newer = inEveryOrder(KNOWN, [['sis', duty('2026-09-02')], ['sis', drops('2026-09-01')]]); // prettier-ignore
    expect(newer).toEqual([['sis 31279295'], ['sis 31279295']]);
  });

  it('gets the duty back when it is told of again, unchanged but later', () => {
    const { tell, persons } = story();
    tell('sis', teacher('2026-08-01'));
    tell('sis', duty('2026-08-02'));
    tell('sis', drops('2026-09-01'));
    expect(tell('sis', duty('2026-08-03'))).toBe('filtered:older');
    expect(persons()[0]!.duties).toEqual([]);
    expect(tell('sis', teacher('2026-10-01'))).toBe('person.updated');
    expect(persons()[0]!.duties).toEqual([]);
    expect(tell('sis', duty('2026-10-02'))).toBe('duty.started');
    expect(tell('sis', duty('2026-10-03'))).toBe('filtered:unchanged');
    expect(persons()[0]!.duties).toHaveLength(1);
  });

  it('who is taken back has the duties that were told of since, in whatever order all of it arrives', () => {
    const ways = inEveryOrder(KNOWN, [
      ['sis', duty('2026-08-02')],
      ['sis', drops('2026-09-01')],
      ['sis', teacher('2026-09-10')],
      ['sis', duty('2026-08-20', { localId: 'tjänst-2', unit: HERE })],
      ['sis', duty('2026-09-11', { localId: 'tjänst-3', unit: HERE })],
    ]);
    expect(ways).toHaveLength(120);
    expect(ways.filter((left) => left.join() !== 'sis 31279295')).toEqual([]);
  });

  it('keeps the duties that another register asserts', () => {
    const left = inEveryOrder([...KNOWN, ['fri', teacher('2026-08-01', 'f-9')]], [
      ['sis', duty('2026-08-02')],
      ['fri', duty('2026-08-02', { localId: 'tjänst-9', person: 'f-9', unit: THERE })],
      ['sis', drops('2026-09-01')],
    ]); // prettier-ignore
    expect(new Set(left.map(String))).toEqual(new Set(['fri 12345674']));
  });

  it('keeps the duties of another of its records, where two are one person', () => {
    const { tell, persons } = story();
    tell('sis', teacher('2026-08-01'));
    tell('sis', teacher('2026-08-01', 'lärare-2'));
    expect(persons()).toHaveLength(1);
    tell('sis', duty('2026-08-02'));
    tell('sis', duty('2026-08-02', { localId: 'tjänst-2', person: 'lärare-2' }));
    tell('sis', drops('2026-09-01', 'lärare-2'));
    expect(persons()[0]!.duties).toHaveLength(1);
    expect(tell('sis', drops('2026-09-01'))).toBe('duty.ended, person.dormant');
  });

  it('loses a duty from before the hub kept whose it is once all records of that register are dropped', () => {
    const { tell, persons, register } = story();
    tell('sis', teacher('2026-08-01'));
    tell('sis', teacher('2026-08-01', 'lärare-2'));
    tell('sis', duty('2026-08-02'));
    for (const object of register.objects.values()) object.holder = null;
    tell('sis', drops('2026-09-01', 'lärare-2'));
    expect(persons()[0]!.duties).toHaveLength(1);
    tell('sis', drops('2026-09-01'));
    expect(persons()[0]!.duties).toEqual([]);
  });

  it('goes on as a pupil where they are one too', () => {
    const { tell, persons } = story();
    tell('sis', teacher('2026-08-01'));
    tell('sis', duty('2026-08-02'));
    tell('fri', person('f-9', '2026-08-01', { enrolments: [enrolment(THERE, '2026-08-17')] }));
    expect(tell('sis', drops('2026-09-01'))).toBe('duty.ended, person.withdrawn');
    expect(persons()[0]!.enrolments).toHaveLength(1);
  });
});

describe('a teacher whose changed number is answered with another person', () => {
  const NUMBER = '201003142393';
  const anew = () => {
    const the = story();
    the.tell('sis', teacher('2026-08-01'));
    the.tell('sis', duty('2026-08-02'));
    the.register.answers.set(claimKey('sis', 'lärare-1'), {
      source: 'sis',
      localId: 'lärare-1',
      numberDigest: the.register.keys.digest('civic-number', NUMBER),
      answer: 'different-persons',
    });
    the.tell('sis', person('lärare-1', '2026-09-01', { enrolments: [], civicNo: NUMBER }));
    return the;
  };

  it('leaves the duty behind, where it ends, and nobody has it', () => {
    const { persons, announcements } = anew();
    expect(persons().map(({ duties }) => duties)).toEqual([[], []]);
    const ended = announcements.filter(({ type }) => type === 'se.elevnav.duty.ended');
    expect(ended.map(({ subject }) => subject)).toEqual([persons()[0]!.id]);
  });

  it('has it once the register tells of it again, though it says nothing new', () => {
    const { tell, persons } = anew();
    expect(tell('sis', duty('2026-09-02'))).toBe('duty.started');
    expect(persons().map(({ duties }) => duties.length)).toEqual([0, 1]);
  });
});

describe('a duty that has ended with its person at a school with another owner', () => {
  const OWNERS = [
    { organisationNumber: '2120000001', since: '2026-01-01T00:00:00.000000Z' },
    { organisationNumber: '5560000001', since: '2026-07-01T00:00:00.000000Z' },
  ];

  it('gives way to what it took the place of', () => {
    const { tell, persons, register } = story();
    for (const from of ['sis', 'fri']) {
      register.units.set(claimKey(from, HERE), { code: '31279295', owners: OWNERS });
    }
    register.history.note('31279295', OWNERS, undefined);
    tell('sis', teacher('2026-08-01'));
    tell('fri', teacher('2026-08-01', 'f-9'));
    tell('sis', duty('2026-06-01'));
    tell(
      'fri',
      duty('2026-08-02', { localId: 'tjänst-9', person: 'f-9', startDate: '2026-08-17' }),
    );
    const days = () => persons()[0]!.duties.map((one) => `${one.huvudman} ${one.startDate}–${one.endDate ?? ''}`); // prettier-ignore
    expect(days()).toContain('friskola1 2026-07-01–2026-08-16');
    tell('fri', drops('2026-09-01', 'f-9'));
    expect(days()).toEqual(['friskola1 2026-07-01–', 'kommunen1 2025-08-01–2026-06-30']);
  });
});
