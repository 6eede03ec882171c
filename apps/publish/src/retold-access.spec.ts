import { nationalId, type AccessEntry, type AccessEvent, type AccessStanding, type AccessState, type TestAssignment } from '#canonical'; // prettier-ignore
import { toldFaults } from '../test/told-faults.js';
import type { Message } from './audience.js';
import { matchAccess } from './match-access.js';

/** A replay of access: per huvudman an event whose change is that huvudman's, with the whole access of the person (decision 17). */
const MALMO = 'malmo00001';
const KUNSKAP = 'kunskap001';
const PUPIL = nationalId('pupil');
const UNITS: Record<string, string> = { [MALMO]: '12345678', [KUNSKAP]: '87654321' };
const publicId = (huvudman: string, hubId: string): string => nationalId(`${huvudman}/${hubId}`);

const entry = (huvudman: string, eppn: string | null): AccessEntry => ({
  id: nationalId(`entry ${huvudman}`),
  huvudman,
  schoolUnit: UNITS[huvudman]!,
  role: 'pupil',
  eppn,
  home: eppn !== null,
  held: 'enrolment',
  since: '2026-08-18T00:00:00Z',
  requiredAssurance: 'none',
  because: { rule: 'rule 1', cause: `urn:elevnav:source:register-${huvudman} 17` },
});
const standing = (huvudman: string, state: AccessStanding['state'], about?: string) =>
  ({
    state,
    huvudman,
    schoolUnit: UNITS[huvudman],
    ...(about !== undefined && { entry: about }),
    since: '2026-11-12T08:00:00Z',
    mustAct: 'huvudman',
  }) satisfies AccessStanding;
const test = (huvudman: string): TestAssignment => ({
  id: nationalId(`assignment ${huvudman}`),
  activity: nationalId('activity'),
  huvudman,
  schoolUnit: UNITS[huvudman]!,
  state: 'begun',
  windowStart: '2026-11-16',
  windowEnd: '2026-11-27',
});

const HOME = entry(MALMO, 'abc@malmo.example');
const AWAITED = entry(KUNSKAP, null);
/** A pupil who has something at both: a home with a test at one, an entry that awaits its EPPN and a test at the other. */
const BOTH: AccessState = {
  entries: [HOME, AWAITED],
  standings: [standing(MALMO, 'bridged', HOME.id), standing(KUNSKAP, 'awaiting', AWAITED.id)],
  tests: [test(MALMO), test(KUNSKAP)],
};

function retold(
  type: string,
  change: AccessEvent['data']['change'],
  more: Partial<AccessEvent['data']> = {},
): readonly Message[] {
  const data = { person: PUPIL, securityMarking: 'Ingen', access: BOTH, change, ...more };
  const event = { type: `se.elevnav.${type}`, data } as AccessEvent;
  const messages = matchAccess(event, PUPIL, { told: [], causeHuvudman: undefined, publicId });
  expect(messages.flatMap(toldFaults)).toEqual([]);
  return messages;
}

describe('access that is told once more', () => {
  it.each([
    ['a grant', 'access.granted', MALMO, { entry: HOME }],
    ['an entry that awaits', 'access.awaiting', KUNSKAP, { standing: BOTH.standings[1], entry: AWAITED }], // prettier-ignore
    ['an entry that awaits, without a standing', 'access.awaiting', KUNSKAP, { entry: AWAITED }],
    ['a bridge', 'access.bridged', MALMO, { standing: BOTH.standings[0], entry: HOME }],
    ['a bridge without an entry', 'access.bridged', KUNSKAP, { standing: standing(KUNSKAP, 'bridged') }], // prettier-ignore
    ['a contest', 'access.contested', KUNSKAP, { standing: standing(KUNSKAP, 'contested') }],
    ['a gap', 'access.gap', MALMO, { standing: standing(MALMO, 'gap') }],
    ['a postponed end', 'access.postponed', MALMO, { standing: standing(MALMO, 'postponed') }],
    ['an assigned test', 'test.assigned', KUNSKAP, { test: test(KUNSKAP) }],
    ['a begun test', 'test.begun', MALMO, { test: test(MALMO) }],
    ['a submitted test', 'test.submitted', KUNSKAP, { test: test(KUNSKAP) }],
    ['a missed test', 'test.missed', MALMO, { test: test(MALMO) }],
  ])(
    '%s goes to its huvudman, with all that is its own and nothing of another',
    (_, type, owner, change) => {
      const messages = retold(type, change);
      expect(messages).toMatchObject([
        {
          huvudman: owner,
          type: `se.elevnav.${type}`,
          subject: publicId(owner, PUPIL),
          schoolUnit: UNITS[owner],
          data: {
            person: { id: publicId(owner, PUPIL) },
            access: {
              entries: [{ id: nationalId(`entry ${owner}`) }],
              standings: [{ schoolUnit: UNITS[owner] }],
              tests: [{ id: publicId(owner, nationalId(`assignment ${owner}`)) }],
            },
          },
        },
      ]);
      const other = owner === MALMO ? KUNSKAP : MALMO;
      for (const secret of [
        other,
        UNITS[other]!,
        nationalId(`entry ${other}`),
        nationalId(`assignment ${other}`),
        PUPIL,
      ]) {
        // prettier-ignore
        expect(JSON.stringify(messages)).not.toContain(secret);
      }
    },
  );

  it.each([
    ['an entry', 'access.granted', MALMO, { entry: HOME }, HOME.id],
    ['an entry that awaits', 'access.awaiting', KUNSKAP, { standing: BOTH.standings[1], entry: AWAITED }, AWAITED.id], // prettier-ignore
    ['a test', 'test.begun', KUNSKAP, { test: test(KUNSKAP) }, publicId(KUNSKAP, test(KUNSKAP).id)],
  ])('of a protected person, %s is an id and no more', (_, type, owner, change, id) => {
    const [message, ...others] = retold(type, change, { securityMarking: 'Sekretessmarkering' });
    expect(others).toEqual([]);
    expect(message).toEqual({
      huvudman: owner,
      type: `se.elevnav.${type}`,
      subject: publicId(owner, PUPIL),
      data: { person: { id: publicId(owner, PUPIL) }, change: { id } },
    });
  });
});
