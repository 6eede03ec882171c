import type { Duty, Enrolment, PersonState } from '#canonical';
import { comparePersons, type PersonNews } from './compare-persons.js';

const enrolment: Enrolment = {
  id: 'enrolment-1',
  source: 'sis',
  huvudman: 'kommunen1',
  schoolUnit: '31279295',
  schoolType: 'GR',
  schoolYear: 9,
  startDate: '2026-08-17',
  endDate: '2027-06-11',
  cancelled: false,
};
const duty: Duty = {
  id: 'duty-1',
  source: 'sis',
  huvudman: 'kommunen1',
  schoolUnit: '31279295',
  dutyRole: 'Lärare',
  startDate: '2026-08-01',
};
const eppn = { value: 'k7m2q9@skola.example', huvudman: 'kommunen1', source: 'sis' };
const pupil: PersonState = {
  id: 'person-1',
  securityMarking: 'Ingen',
  personStatus: 'Aktiv',
  standing: 'present',
  eppns: [eppn],
  enrolments: [enrolment],
  duties: [],
  tests: [],
};
const events = (before: PersonState | null, after: PersonState, news?: PersonNews) =>
  comparePersons(before, after, news).map(({ type, change }) => {
    const what = 'id' in change ? change.id : change.fields.join(' ');
    return `${type.slice('se.elevnav.'.length)} ${what}`.trim();
  });

describe('what is said of a person', () => {
  it('who is new: registered, and each enrolment started', () => {
    expect(events(null, pupil)).toEqual(['person.registered', 'enrolment.started enrolment-1']);
  });

  it('who is new and protected: that comes before anything about a school', () => {
    expect(events(null, { ...pupil, securityMarking: 'Sekretessmarkering' }).slice(0, 2)).toEqual([
      'person.registered',
      'person.protected securityMarking',
    ]);
  });

  it('about whom nothing changed: nothing', () => {
    expect(events(pupil, structuredClone(pupil))).toEqual([]);
  });

  it.each<[string, Partial<Enrolment>, string[]]>([
    ['ends earlier than planned', { endDate: '2026-10-01' }, ['enrolment.ended enrolment-1']],
    [
      'ends for an unknown reason',
      { endDate: '2026-10-01', endReason: 'unknown' },
      ['enrolment.ended enrolment-1'],
    ],
    ['ends later', { endDate: '2027-06-20' }, ['enrolment.changed enrolment-1']],
    ['has no end any more', { endDate: undefined }, ['enrolment.changed enrolment-1']],
    ['is cancelled', { cancelled: true }, ['enrolment.cancelled enrolment-1']],
    ['is in another year', { schoolYear: 8 }, ['enrolment.changed enrolment-1']],
  ])('whose enrolment %s: one event', (_what, change, expected) => {
    expect(events(pupil, { ...pupil, enrolments: [{ ...enrolment, ...change }] })).toEqual(
      expected,
    );
  });

  it('who moves: the new enrolment started and the old one ended, both carrying the same state', () => {
    const there = { ...enrolment, id: 'enrolment-2', schoolUnit: '12345674' };
    const after = { ...pupil, enrolments: [there, { ...enrolment, endDate: '2026-10-01' }] };
    expect(events(pupil, after)).toEqual([
      'enrolment.started enrolment-2',
      'enrolment.ended enrolment-1',
    ]);
  });

  it('whose EPPN changed: updated', () => {
    const after = { ...pupil, eppns: [{ ...eppn, value: 'n3w@skola.example' }] };
    expect(events(pupil, after)).toEqual(['person.updated eppns']);
  });

  it('whose name changed: updated, without the name', () => {
    const news = { withdrawn: false, identityChanged: true };
    expect(events(pupil, pupil, news)).toEqual(['person.updated identity']);
  });

  it('who is protected, more protected, less protected, and no longer protected', () => {
    const marked = { ...pupil, securityMarking: 'Sekretessmarkering' as const };
    const hidden = { ...pupil, securityMarking: 'Skyddad folkbokföring' as const };
    expect(events(pupil, marked)).toEqual(['person.protected securityMarking']);
    expect(events(marked, hidden)).toEqual(['person.protected securityMarking']);
    expect(events(hidden, marked)).toEqual(['person.updated securityMarking']);
    expect(events(marked, pupil)).toEqual(['person.unprotected securityMarking']);
  });

  it('whom a register drops: withdrawn while another stands, dormant when none does, and back again', () => {
    const dormant = { ...pupil, standing: 'dormant' as const };
    expect(events(pupil, pupil, { withdrawn: true, identityChanged: false })).toEqual([
      'person.withdrawn claims',
    ]);
    expect(events(pupil, dormant)).toEqual(['person.dormant standing']);
    expect(events(dormant, pupil)).toEqual(['person.updated standing']);
  });

  it('who takes up and leaves a post', () => {
    const teacher = { ...pupil, duties: [duty] };
    expect(events(pupil, teacher)).toEqual(['duty.started duty-1']);
    expect(events(teacher, pupil)).toEqual(['duty.ended duty-1']);
  });

  it('who begins a test', () => {
    const assigned = {
      id: 'test-1',
      activity: 'activity-1',
      state: 'assigned' as const,
      at: '2026-11-01T08:00:00Z',
    };
    const before = { ...pupil, tests: [assigned] };
    const after = { ...pupil, tests: [{ ...assigned, state: 'begun' as const }] };
    expect(events(before, after)).toEqual(['test.begun test-1']);
  });
});
