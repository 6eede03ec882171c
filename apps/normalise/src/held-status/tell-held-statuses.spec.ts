import type { PersonStatus } from '#canonical';
import { enrolment, person, story, THERE } from '../decide/testing/given-register.js';
import { mergePersons } from '../decide/merge-persons.js';
import { decideErase } from '../decide/decide-erase.js';
import { noteHeldStatus } from './tell-held-statuses.js';

const NOW = new Date('2026-12-01T12:00:00Z');
const LATER = new Date('2026-12-02T12:00:00Z');

/** A pupil of two huvudmän, and the findings after each word. */
function pupil() {
  const the = story();
  const findings = (now = NOW) =>
    [...the.register.persons.values()].flatMap((one) => noteHeldStatus(one, now) ?? []);
  const sis = (day: string, personStatus: PersonStatus) =>
    the.tell('sis', person('elev-1', day, { personStatus }));
  const fri = (day: string, personStatus: PersonStatus) =>
    the.tell('fri', person('f-1', day, { personStatus, enrolments: [enrolment(THERE, '2026-08-17')] }));
  const states = (now?: Date) => findings(now).map(({ state }) => state);
  return { ...the, findings, states, sis, fri };
} // prettier-ignore

describe('a death that one register states and another contradicts', () => {
  it('is a finding for the operator that names neither huvudman nor source', () => {
    const { sis, fri, findings, persons } = pupil();
    sis('2026-10-01', 'Aktiv');
    fri('2026-10-01', 'Aktiv');
    expect(findings()).toEqual([]);
    sis('2026-10-02', 'Avliden');
    const id = persons()[0]!.id;
    const finding = { id: `person-status-held/${id}`, cause: 'person-status-held', subject: id, since: NOW.toISOString() }; // prettier-ignore
    expect(findings()).toEqual([{ ...finding, state: 'opened', mustAct: 'operator' }]);
    sis('2026-10-03', 'Avliden');
    expect(findings(LATER)).toEqual([]);
    fri('2026-10-04', 'Avliden');
    expect(findings(LATER)).toEqual([{ ...finding, state: 'closed', mustAct: 'nobody' }]);
  });

  it.each(['Avliden', 'Utvandrad'] as const)('is told whichever spoke first (%s)', (status) => {
    const { sis, fri, states } = pupil();
    sis('2026-10-02', status);
    expect(states()).toEqual([]);
    fri('2026-10-01', 'Aktiv');
    expect(states()).toEqual(['opened']);
  });

  it('is over when the register takes it back, and when either drops the person', () => {
    const ways = [
      ({ sis }: ReturnType<typeof pupil>) => sis('2026-10-03', 'Aktiv'),
      ({ tell }: ReturnType<typeof pupil>) => tell('sis', { kind: 'person-removed', localId: 'elev-1', modified: '2026-10-03T08:00:00.000000Z' }),
      ({ tell }: ReturnType<typeof pupil>) => tell('fri', { kind: 'person-removed', localId: 'f-1', modified: '2026-10-03T08:00:00.000000Z' }),
    ]; // prettier-ignore
    for (const way of ways) {
      const the = pupil();
      the.sis('2026-10-02', 'Avliden');
      the.fri('2026-10-01', 'Aktiv');
      expect(the.states()).toEqual(['opened']);
      way(the);
      expect(the.states()).toEqual(['closed']);
    }
  });

  it('is no finding while all agree, or where one register alone has the person', () => {
    const { sis, fri, states } = pupil();
    sis('2026-10-02', 'Avliden');
    expect(states()).toEqual([]);
    fri('2026-10-02', 'Utvandrad');
    expect(states()).toEqual([]);
  });

  it('goes along when the person turns out to be another, and is over when they are erased', () => {
    const the = pupil();
    the.sis('2026-10-02', 'Avliden');
    the.fri('2026-10-01', 'Aktiv');
    the.tell('stift', person('s-1', '2026-10-01', { civicNo: undefined, enrolments: [] }));
    expect(the.states()).toEqual(['opened']);
    const [held, other] = [...the.register.persons.values()];
    mergePersons(held!, other!, the.register);
    expect(the.findings().map(({ state, subject }) => [state, subject])).toEqual([
      ['closed', held!.id],
      ['opened', other!.id],
    ]);
    Object.assign(other!, { areClaimsRead: false, isNew: false });
    expect(the.states()).toEqual([]);
    decideErase({ name: 'erase', person: other!.id }, the.register);
    expect(the.states()).toEqual(['closed']);
  });
});
