import fc from 'fast-check';
import type { AccessEntry, AccessStanding, AccessState, TestAssignment } from '#canonical';
import type { AccessDecision } from './compare-entries.js';
import { retellAccess } from './retell-access.js';
import { FOUNDATION, Followed, INDEPENDENT, MUNICIPALITY, SECRET, enrolment, eppn, idOf, reported } from './testing/given-person.js'; // prettier-ignore

const HUVUDMEN = [MUNICIPALITY, INDEPENDENT, FOUNDATION];
const BEGUN = reported('begun', '2026-11-10T08:00:00Z');
const atMunicipality = enrolment(MUNICIPALITY, '2026-08-18');
const atIndependent = enrolment(INDEPENDENT, '2026-11-12');
const NOTHING: AccessState = { entries: [], standings: [], tests: [] };

const pupil = () =>
  new Followed('2026-11-10').learns({ eppns: [eppn(MUNICIPALITY)], enrolments: [atMunicipality] });
/** Each verb with the huvudmän of all that the event's change names. */
const toldOf = (access: AccessState, isProtected = false): string[] =>
  retellAccess(access, isProtected).map(
    ({ type, change }) => `${type.slice('se.elevnav.'.length)} ${ownersOf({ change }).join('+')}`,
  );

describe('access that is told once more', () => {
  it('is one grant of the entry that can be used, whatever else the huvudman has', () => {
    const { access } = pupil().learns({ tests: [BEGUN] }).record;
    expect(access.tests).toHaveLength(1);
    expect(toldOf(access)).toEqual(['access.granted municipality']);
    expect(retellAccess(access, false)[0]!.change).toEqual({ entry: access.entries[0] });
  });

  it('is the home before another entry of the same huvudman', () => {
    const { access } = pupil().record;
    const home = access.entries[0]!;
    const other = { ...home, id: idOf('another'), home: false };
    const [told] = retellAccess({ ...access, entries: [other, home] }, false);
    expect(told!.change.entry).toBe(home);
  });

  it('of a pupil who awaits an EPPN at the new school is told to each of the two by itself', () => {
    const leaves = { ...atMunicipality, endDate: '2026-11-11' };
    const followed = pupil().learns({ enrolments: [leaves, atIndependent] });
    const { access } = followed.waitsUntil('2026-11-12').record;
    expect(toldOf(access)).toEqual([
      'access.granted municipality',
      'access.awaiting independent+independent',
    ]);
  });

  it('is the gap, where a huvudman that does not bridge has nothing else', () => {
    const policies = { [MUNICIPALITY]: { bridging: false } };
    const left = { ...atMunicipality, endDate: '2026-11-09' };
    const eppns = [eppn(MUNICIPALITY)];
    const { record } = new Followed('2026-11-10', { policies }).learns({ eppns, enrolments: [left] }); // prettier-ignore
    expect(toldOf(record.access)).toEqual(['access.gap municipality']);
  });

  it('never takes another huvudman’s entry along with a standing, which would go to that one', () => {
    const [entry] = pupil().record.access.entries;
    const standing: AccessStanding = {
      state: 'bridged',
      huvudman: INDEPENDENT,
      entry: entry!.id,
      since: '2026-11-10T08:00:00Z',
      mustAct: 'nobody',
    };
    const access = { ...NOTHING, entries: [entry!], standings: [standing] };
    expect(toldOf(access)).toEqual(['access.granted municipality', 'access.bridged independent']);
  });

  it.each(['assigned', 'begun', 'submitted', 'missed'] as const)(
    'is a test that is %s, where the huvudman has no more than that',
    (state) => {
      const { tests } = pupil().record.access;
      const access = { ...NOTHING, tests: [{ ...tests[0]!, state }] };
      expect(toldOf(access)).toEqual([`test.${state} municipality`]);
    },
  );

  it('of a protected pupil is told thing by thing, since ids are all that goes out', () => {
    const hidden = pupil().learns({ securityMarking: SECRET });
    const { access } = hidden.learns({ enrolments: [atMunicipality, atIndependent] }).waitsUntil('2026-11-12').record; // prettier-ignore
    expect(toldOf(access, true)).toEqual([
      'access.granted municipality',
      'test.assigned municipality',
      'access.awaiting independent+independent',
      'test.assigned independent',
    ]);
  });

  it('is nothing of a person who has nothing', () => {
    expect(retellAccess(NOTHING, false)).toEqual([]);
    expect(retellAccess(NOTHING, true)).toEqual([]);
  });
});

const of = fc.record({ id: fc.uuid(), huvudman: fc.constantFrom(...HUVUDMEN) });
const entry = of.chain((own) =>
  fc
    .record({ eppn: fc.constantFrom(null, 'a1@school.example'), home: fc.boolean() })
    .map((more) => ({ ...own, ...more }) as AccessEntry),
);
const anyAccess = fc.array(entry, { maxLength: 4 }).chain((entries) =>
  fc.record({
    entries: fc.constant(entries),
    standings: fc.array(
      fc.record({
        state: fc.constantFrom('awaiting', 'contested', 'bridged', 'gap', 'postponed'),
        huvudman: fc.constantFrom(...HUVUDMEN),
        entry: fc.constantFrom(undefined, ...entries.map(({ id }) => id)),
      }) as fc.Arbitrary<AccessStanding>,
      { maxLength: 4 },
    ),
    tests: fc.array(
      of.map((own) => ({ ...own, state: 'assigned' }) as TestAssignment),
      { maxLength: 4 },
    ),
  }),
);

describe('whatever a person has', () => {
  it('each huvudman concerned is told once, and a change is of one huvudman alone', () => {
    fc.assert(
      fc.property(anyAccess, (access) => {
        const told = retellAccess(access, false).map(ownersOf);
        for (const owners of told) expect(new Set(owners).size).toBe(1);
        expect(told.map(([owner]) => owner).sort()).toEqual(concernedBy(access));
      }),
    );
  });

  it('each thing of a protected person is told of', () => {
    fc.assert(
      fc.property(anyAccess, (access) => {
        const changes = retellAccess(access, true).map(({ change }) => change);
        const told = new Set(changes.flatMap(({ entry: one, standing, test }) => [one, standing, test])); // prettier-ignore
        for (const thing of [...access.entries, ...access.standings, ...access.tests]) {
          expect(told.has(thing as never)).toBe(true);
        }
        for (const change of changes) expect(new Set(ownersOf({ change })).size).toBe(1);
      }),
    );
  });
});

function ownersOf({ change }: Pick<AccessDecision, 'change'>): string[] {
  const { entry: one, from, standing, test } = change;
  return [one, from, standing, test].flatMap((thing) => thing?.huvudman ?? []);
}

function concernedBy({ entries, standings, tests }: AccessState): string[] {
  return [...new Set([...entries, ...standings, ...tests].map(({ huvudman }) => huvudman))].sort();
}
