import { check, type Answer, type Question } from './check.js';
import type { ReadOut, TopicRecord } from './read-out.js';

const CAUSE = 'urn:elevnav:source:register-a 1';
const LATER = 'urn:elevnav:source:register-a 2';
const RECORD = 'register-a/pupil';

function record(changes: Partial<TopicRecord> = {}, eppn = 'first@a'): TopicRecord {
  return {
    huvudman: 'a',
    id: 'one',
    source: 'urn:elevnav:publish',
    subject: 'pupil',
    type: 'se.elevnav.person.registered',
    sequence: '01-01',
    causation: CAUSE,
    data: JSON.stringify({
      person: { eppns: [eppn], enrolments: [{ schoolUnit: '1', startDate: '2026-08-17' }] },
      access: { entries: [{ schoolUnit: '1' }] },
    }),
    ...changes,
  };
}

const second = record({ id: 'two', sequence: '01-02', causation: LATER }, 'second@a');

function ask(out: Partial<ReadOut>, changes: Partial<Question> = {}): Answer {
  const records = out.records ?? [record(), second];
  const accepted = new Map(
    [CAUSE, LATER].map((cause) => [cause, { cause, object: RECORD, record: RECORD, atMs: 0 }]),
  );
  return check({
    accepted,
    poison: [],
    expected: [
      {
        record: RECORD,
        huvudman: 'a',
        eppns: ['second@a'],
        enrolments: [{ schoolUnit: '1', startDate: '2026-08-17' }],
      },
    ],
    today: '2026-11-22',
    ...changes,
    out: {
      records,
      feed: records.map(({ huvudman, id, causation }) => ({
        huvudman,
        event_id: id,
        cause: causation ?? '',
      })),
      parked: [],
      filtered: [],
      canonical: [],
      ...out,
    },
  });
}

describe('the checker of the proof of faults', () => {
  it('finds nothing wrong where nothing is', () => {
    expect(ask({})).toEqual({
      accepted: 2,
      published: 2,
      filtered: 0,
      parked: 0,
      held: 0,
      lost: 0,
      doubleEffects: 0,
      orderBreaks: 0,
      repeats: 0,
      remade: 0,
      strayParked: 0,
      accessMissing: 0,
      offenders: [],
    });
  });

  it('takes the same event once more for a repeat, in the same epoch and in a later one', () => {
    const again = { ...second, sequence: '02-03' };
    const answer = ask({ records: [record(), second, record(), second, again] });
    expect(answer).toMatchObject({ repeats: 3, orderBreaks: 0, doubleEffects: 0 });
  });

  it('misses an event that came out nowhere', () => {
    const answer = ask({ records: [second] });
    expect(answer).toMatchObject({ published: 1, lost: 1, offenders: [`lost: ${CAUSE}`] });
  });

  it('does not take the feed’s word for what is on the topic', () => {
    const feed = [
      { huvudman: 'a', event_id: 'one', cause: CAUSE },
      { huvudman: 'a', event_id: 'two', cause: LATER },
    ];
    expect(ask({ records: [second], feed })).toMatchObject({ lost: 1 });
  });

  it('counts what a stage says it has filtered, but not on the word of test-access', () => {
    const filtered = (stage: string) => [{ stage, cause: CAUSE, outcome: 'filtered:older' }];
    const records = [second];
    expect(ask({ records, filtered: filtered('normalise') })).toMatchObject({ filtered: 1 });
    expect(ask({ records, filtered: filtered('test_access') })).toMatchObject({ lost: 1 });
  });

  it('counts what a stage holds back as held, by its state or its outcome', () => {
    const records = [second];
    const row = { key: 'k', cause: CAUSE, code: 'brake', pointer: '' };
    const byState = [{ ...row, stage: 'publish', state: 'held' }];
    const held = { published: 1, held: 1, filtered: 0, lost: 0 };
    expect(ask({ records, parked: byState })).toMatchObject(held);
    const byOutcome = [{ stage: 'publish', cause: CAUSE, outcome: 'held:brake' }];
    expect(ask({ records, filtered: byOutcome })).toMatchObject(held);
  });

  it('wants poison parked, and nothing else', () => {
    const row = {
      stage: 'normalise',
      key: 'poison-1',
      cause: 'x',
      state: 'parked',
      code: 'bug',
      pointer: '/',
    };
    const poison = ['poison-1', 'poison-2'];
    expect(ask({ parked: [row] }, { poison })).toMatchObject({ parked: 1, lost: 1, accepted: 4 });
    const stray = { ...row, key: 'k', cause: CAUSE };
    expect(ask({ parked: [stray] })).toMatchObject({ strayParked: 1 });
  });

  it('sees a lower sequence after a higher one', () => {
    expect(ask({ records: [second, record()] })).toMatchObject({ orderBreaks: 1 });
    const equal = record({ sequence: '01-02' });
    expect(ask({ records: [second, equal] })).toMatchObject({ orderBreaks: 1 });
  });

  it('sees one id with two contents within an epoch', () => {
    const other = record({ sequence: '01-03' }, 'second@a');
    expect(ask({ records: [record(), second, other] })).toMatchObject({ doubleEffects: 1 });
    const inLaterEpoch = record({ sequence: '02-03' }, 'second@a');
    expect(ask({ records: [record(), second, inLaterEpoch] })).toMatchObject({ doubleEffects: 0 });
  });

  it('sees one cause with two effects', () => {
    const twin = { ...second, id: 'three', sequence: '01-03' };
    expect(ask({ records: [record(), second, twin] })).toMatchObject({ doubleEffects: 1 });
  });

  it('lets a cause be told anew as often as it was made anew, and no more', () => {
    const made = (epoch: string) => record({ huvudman: '', sequence: `${epoch}-01`, data: epoch });
    const anew = (sequence: string, data: string) => record({ sequence, data });
    const last = { ...second, sequence: '01-09' };
    const records = [record(), anew('01-03', '{}'), last];
    expect(ask({ records, canonical: [made('01')] })).toMatchObject({ doubleEffects: 1 });
    const canonical = [made('01'), made('02')];
    expect(ask({ records, canonical })).toMatchObject({ remade: 1, doubleEffects: 0 });
    const twice = [...records.slice(0, 2), anew('01-04', '{"a":1}'), last];
    expect(ask({ records: twice, canonical })).toMatchObject({ remade: 1, doubleEffects: 1 });
  });

  it('sees another state than was said last, and a pupil told as two', () => {
    expect(ask({ records: [second, record({ sequence: '01-03', causation: LATER, id: 'three' })] }))
      .toMatchObject({ doubleEffects: expect.any(Number), offenders: expect.arrayContaining([
        `another state than was said last: ${RECORD}, told as pupil`,
      ]) }); // prettier-ignore
    const asAnother = record({ id: 'three', subject: 'ghost' });
    expect(ask({ records: [record(), second, asAnother] }).offenders).toContain(
      `not one person: ${RECORD} is 2 (pupil, ghost)`,
    );
  });

  it('sees a pupil who is enrolled and has no entry', () => {
    const without = { ...second, data: second.data.replace('"schoolUnit":"1"}]}}', '"schoolUnit":"2"}]}}') }; // prettier-ignore
    expect(ask({ records: [record(), without] })).toMatchObject({ accessMissing: 1 });
  });
});
