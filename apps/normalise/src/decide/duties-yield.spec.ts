import type { Fact } from '#adapters';
import type { Duty, PersonState } from '#canonical';
import { claimKey } from '../register/records.js';
import { carryPerson } from '../succession/carry-person.js';
import { enrolment, HERE, person, SOURCES, story, THERE } from './testing/given-register.js';

const CODE = '31279295';
const OWNERS = [
  { organisationNumber: '2120000001', since: '2026-01-01T00:00:00.000000Z' },
  { organisationNumber: '5560000001', since: '2026-07-01T00:00:00.000000Z' },
];

const duty = (localId: string, holder: string, more: object = {}): Fact => ({
  kind: 'duty-asserted',
  localId,
  modified: '2026-08-01T08:00:00.000000Z',
  person: holder,
  unit: HERE,
  dutyRole: 'Lärare',
  startDate: '2025-08-01',
  ...more,
});
const OLD = duty('tjänst-1', 'lärare-1');
const OWN = { startDate: '2026-08-17', endDate: '2026-10-09' };
const own = (more: object = {}) => duty('tjänst-9', 'f-9', { ...OWN, ...more });

/** A teacher of two huvudmän, of whom the second has taken over the unit; nobody has told of a duty. */
function teacher() {
  const the = story();
  for (const { id } of SOURCES) {
    the.register.units.set(claimKey(id, HERE), { code: CODE, owners: OWNERS });
  }
  the.register.history.note(CODE, OWNERS, undefined);
  the.tell('sis', person('lärare-1', '2026-08-01', { enrolments: [] }));
  the.tell('fri', person('f-9', '2026-08-01', { enrolments: [enrolment(THERE, '2026-08-17')] }));
  return the;
}

const daysOf = ([one]: readonly PersonState[]): string[] =>
  one!.duties.map((each) => `${each.huvudman} ${each.startDate}–${each.endDate ?? ''}`).sort();

const UNTIL_OWN = 'friskola1 2026-07-01–2026-08-16';
const BEFORE = 'kommunen1 2025-08-01–2026-06-30';
const OWN_WORD = 'friskola1 2026-08-17–2026-10-09';

describe('a duty that was carried over with its unit', () => {
  it('ends where the new owner’s own word begins, so that nothing is left when that ends, in whatever order they come', () => {
    const told = [
      [['sis', OLD], ['fri', own()]],
      [['fri', own()], ['sis', OLD]],
    ] as const; // prettier-ignore
    for (const facts of told) {
      const { tell, persons } = teacher();
      for (const [from, fact] of facts) tell(from, fact);
      expect(daysOf(persons())).toEqual([UNTIL_OWN, OWN_WORD, BEFORE]);
    }
  });

  it('yields when its unit changes owner, as when it is told afterwards', () => {
    const { tell, persons, register } = teacher();
    register.history.note(CODE, OWNERS.slice(0, 1), undefined);
    tell('sis', OLD);
    tell('fri', own());
    register.history.note(CODE, OWNERS, undefined);
    const [one] = [...register.persons.values()];
    const duties = [...register.objects.values()];
    carryPerson(one!, duties, register);
    expect(daysOf(persons())).toEqual([UNTIL_OWN, OWN_WORD, BEFORE]);
  });

  it('yields to the new owner’s word in another role, and comes back when that word is taken back', () => {
    const { tell, persons } = teacher();
    tell('sis', OLD);
    tell('fri', own({ dutyRole: 'Skoladministratör' }));
    expect(daysOf(persons())).toContain(UNTIL_OWN);
    tell('fri', { kind: 'duty-removed', localId: 'tjänst-9', modified: '2026-09-01T08:00:00.000000Z' }); // prettier-ignore
    expect(daysOf(persons())).toEqual(['friskola1 2026-07-01–', BEFORE]);
  });

  it('yields also where the two turn out to be one person', () => {
    const { tell, persons } = teacher();
    tell('fri', person('f-10', '2026-08-01', { civicNo: '20100314TF01', enrolments: [] }));
    tell('sis', OLD);
    tell('fri', duty('tjänst-9', 'f-10', OWN));
    expect(persons()).toHaveLength(2);
    tell('fri', person('f-10', '2026-08-02', { enrolments: [] }));
    expect(persons()).toHaveLength(1);
    expect(daysOf(persons())).toEqual([UNTIL_OWN, OWN_WORD, BEFORE]);
  });

  it('leaves duties at other units as they are', () => {
    const { tell, persons } = teacher();
    tell('fri', duty('tjänst-7', 'f-9', { unit: THERE }));
    tell('sis', OLD);
    tell('fri', own());
    const units = persons()[0]!.duties.map(({ schoolUnit }: Duty) => schoolUnit);
    expect(units.filter((code) => code === '12345674')).toHaveLength(1);
  });
});
