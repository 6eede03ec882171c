import type { Fact } from '#adapters';
import { enrolment, person, story, testReported, THERE } from './testing/given-register.js';

const [MINE, OTHERS] = ['a1@kommun.example', 'b1@friskola.example'];
const report = (state: 'begun' | 'submitted', eppn: string, hour: string): Fact => ({
  ...testReported(state, eppn),
  at: `2026-11-03T${hour}:00.000000Z`,
}) as Fact; // prettier-ignore

/** Two records of one pupil, who are joined before or after their test is told of. */
function joined(isFirst: boolean, ...facts: readonly Fact[]) {
  const { tell, persons } = story();
  tell('sis', person('elev-1', '2026-08-18', { eppns: [MINE] }));
  const other = { eppns: [OTHERS], enrolments: [enrolment(THERE, '2026-10-01')] };
  tell('fri', person('f-9', '2026-10-01', { ...other, civicNo: '20100314TF01' }));
  const join = () => tell('fri', person('f-9', '2026-10-02', other));
  if (isFirst) join();
  for (const fact of facts) tell('prov', fact);
  if (!isFirst) join();
  const [one, ...more] = persons();
  expect(more).toEqual([]);
  return one!.tests.map(({ state, at }) => `${state} ${at.slice(11, 16)}`);
}

describe('a test that is reported of two who are one', () => {
  it('never goes back, whether they are joined before the reports or after', () => {
    const facts = [report('submitted', OTHERS, '09:30'), report('begun', MINE, '10:00')];
    for (const order of [facts, [...facts].reverse()]) {
      expect([joined(true, ...order), joined(false, ...order)]).toEqual([
        ['submitted 09:30'],
        ['submitted 09:30'],
      ]);
    }
  });

  it('has the earlier time of two reports of one state', () => {
    const facts = [report('begun', OTHERS, '10:00'), report('begun', MINE, '09:30')];
    for (const order of [facts, [...facts].reverse()]) {
      expect([joined(true, ...order), joined(false, ...order)]).toEqual([
        ['begun 09:30'],
        ['begun 09:30'],
      ]);
    }
  });
});
