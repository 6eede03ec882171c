import fc from 'fast-check';
import type { Fact, PersonAsserted, SchoolUnitAsserted } from '#adapters';
import { DEFAULT_RETENTION, nationalId, sourceUrn, type HuvudmanSetting, type PersonState, type SourceKind, type SourceSetting } from '#canonical'; // prettier-ignore
import { HuvudmanKeys, type ReceivedEvent } from '#stage';
import { receiptAt } from '../claim/order-claims.js';
import { decideFact } from '../decide/decide-fact.js';
import type { Deciding } from '../decide/deciding.js';
import { RegisterSources } from '../facts/register-sources.js';
import { prepareFact } from '../facts/source-fact.js';
import { unitReference } from '../register/hub-ids.js';
import { claimKey } from '../register/records.js';
import { Register } from '../register/register.js';
import { UnitHistory } from './unit-history.js';

const CODE = '31279295';
const OTHER = '12345674';
const source = (id: string, owner: string | null, sourceKind: SourceKind): SourceSetting => ({
  kind: 'source',
  id,
  huvudman: owner,
  sourceKind,
  adapter: 'any',
  clients: [],
  contract: { marking: 'field', completeness: 'full', silenceHours: 24 },
});
const SOURCES = [
  source('sis', 'kommunen1', 'elevregister'),
  source('fri', 'friskola1', 'elevregister'),
  source('enheter', null, 'school-units'),
];
const HUVUDMEN = [
  { kind: 'huvudman', id: 'kommunen1', organisationNumber: '2120000001' },
  { kind: 'huvudman', id: 'friskola1', organisationNumber: '5560000001' },
] as HuvudmanSetting[];

/** A register in memory; `spread` does what the stage does with all persons of the unit when it has a new owner. */
function story() {
  const keys = new HuvudmanKeys({
    identityKey: Buffer.alloc(32, 1),
    masterKeys: [{ id: 'test', key: Buffer.alloc(32, 2) }],
  });
  const register = new Register(keys, new UnitHistory(() => HUVUDMEN));
  const deciding: Deciding = {
    register,
    registers: new RegisterSources(SOURCES),
    settings: {
      huvudmen: () => HUVUDMEN,
      huvudman: (id) => HUVUDMEN.find((one) => one.id === id),
      retention: () => DEFAULT_RETENTION,
    },
    today: '2027-12-01',
    arrivals: new Set(),
  };
  const receipt = receiptAt(new Date('2027-12-01T12:00:00Z'));
  let told = 0;
  const tell = (from: string, fact: Fact): string => {
    for (const [code, { owners }] of register.schoolUnits) {
      for (const { id } of SOURCES) register.units.set(claimKey(id, nationalId(code)), { code, owners }); // prettier-ignore
    }
    const envelope = { id: `event-${++told}`, source: sourceUrn(from), type: fact.kind };
    const event: ReceivedEvent = { topic: '', partition: 0, offset: '0', key: '', envelope, data: null }; // prettier-ignore
    const setting = SOURCES.find(({ id }) => id === from)!;
    const item = prepareFact(event, fact, { source: setting, receipt, keys });
    const verdict = decideFact(item, deciding);
    if (verdict.is === 'announced')
      return verdict.announcements.map(({ type }) => type.slice('se.elevnav.'.length)).join(', ');
    return verdict.is === 'parked' ? `parked: ${verdict.reason.code}` : verdict.outcome;
  };
  const spread = (): string[] =>
    [...register.persons.values()].flatMap((person) =>
      register.remerge(person).map(({ type }) => type.slice('se.elevnav.'.length)),
    );
  const persons = (): PersonState[] => [...register.persons.values()].map(({ state }) => state!);
  return { tell, spread, persons, register, arrivals: deciding.arrivals };
}

const unit = (day: string, organisationNumber: string, code = CODE): SchoolUnitAsserted => ({
  kind: 'school-unit-asserted',
  localId: code,
  modified: `${day}T02:00:00.000000Z`,
  code,
  displayName: 'Testskolan',
  organisationNumber,
  schoolTypes: ['GR'],
  status: 'AKTIV',
});
const enrolment = (startDate: string, more: object = {}) => ({
  unit: nationalId(CODE),
  schoolType: 'GR' as const,
  schoolYear: 9,
  startDate,
  cancelled: false,
  ...more,
});
const person = (localId: string, day: string, more: Partial<PersonAsserted> = {}): Fact => ({
  kind: 'person-asserted',
  localId,
  modified: `${day}T08:00:00.000000Z`,
  names: { givenName: 'Åsta', familyName: 'Elevsson' },
  civicNo: '201003142385',
  birthDate: '2010-03-14',
  eppns: [],
  enrolments: [enrolment('2026-08-17')],
  ...more,
});
const seen = (state: PersonState): string[] =>
  state.enrolments
    .map(
      ({ huvudman, source, startDate, endDate }) =>
        `${huvudman} ${source} ${startDate}..${endDate ?? ''}`,
    )
    .sort();

const MUNICIPAL = unit('2026-08-01', '2120000001');
const SUCCESSION = unit('2027-01-01', '5560000001');

describe('a school unit that goes to another owner', () => {
  it('is told as succeeded, and noted to be spread', () => {
    const { tell, register } = story();
    expect(tell('enheter', MUNICIPAL)).toBe('organisation.registered');
    expect(register.successions.size).toBe(0);
    expect(tell('enheter', SUCCESSION)).toBe('organisation.succeeded');
    expect(register.successions.get(CODE)).toMatchObject({ toldAt: '2027-01-01T02:00:00.000000Z' });
  });

  it('outside the hub is closed for the owner that had it, and what was there stays', () => {
    const { tell, spread, persons } = story();
    tell('enheter', MUNICIPAL);
    tell('sis', person('elev-1', '2026-08-18'));
    expect(tell('enheter', unit('2027-01-01', '8020000001'))).toBe('organisation.closed');
    expect(spread()).toEqual([]);
    expect(seen(persons()[0]!)).toEqual(['kommunen1 sis 2026-08-17..']);
  });

  it('takes its pupils along, and leaves the past with the former owner', () => {
    const { tell, spread, persons } = story();
    tell('enheter', MUNICIPAL);
    tell('sis', person('elev-1', '2026-08-18'));
    tell('enheter', SUCCESSION);
    expect(spread()).toEqual(['enrolment.started', 'enrolment.ended']);
    expect(seen(persons()[0]!)).toEqual([
      'friskola1 sis 2027-01-01..',
      'kommunen1 sis 2026-08-17..2026-12-31',
    ]);
    expect(spread()).toEqual([]);
  });

  it('keeps the pupil one person when the new owner’s register tells of them, at the same stay', () => {
    const { tell, spread, persons } = story();
    tell('enheter', MUNICIPAL);
    tell('sis', person('elev-1', '2026-08-18'));
    tell('enheter', SUCCESSION);
    spread();
    const own = { enrolments: [enrolment('2027-01-01')], eppns: ['ny@friskola.example'] };
    expect(tell('fri', person('f-9', '2027-01-11', own))).toBe(
      'person.updated, enrolment.started, enrolment.ended',
    );
    expect(persons()).toHaveLength(1);
    expect(seen(persons()[0]!)).toEqual([
      'friskola1 fri 2027-01-01..',
      'kommunen1 sis 2026-08-17..2026-12-31',
    ]);
    const removed: Fact = { kind: 'person-removed', localId: 'elev-1', modified: '2027-01-12T00:00:00.000000Z' }; // prettier-ignore
    expect(tell('sis', removed)).toBe('person.withdrawn');
  });

  it('lets the former owner’s register correct its own time, and enrol nobody any more', () => {
    const { tell, spread, persons } = story();
    tell('enheter', MUNICIPAL);
    tell('sis', person('elev-1', '2026-08-18'));
    tell('enheter', SUCCESSION);
    spread();
    const corrected = { enrolments: [enrolment('2026-08-18')] };
    expect(tell('sis', person('elev-1', '2027-01-05', corrected))).toBe('enrolment.changed');
    expect(seen(persons()[0]!)).toContain('kommunen1 sis 2026-08-18..2026-12-31');
    const late = { civicNo: undefined, enrolments: [enrolment('2027-01-07')] };
    expect(tell('sis', person('elev-2', '2027-01-07', late))).toBe('parked: unit-not-yours');
  });

  it('does not take along who has skyddad folkbokföring: the hub tells nobody of them', () => {
    const { tell, spread, persons } = story();
    tell('enheter', MUNICIPAL);
    tell('sis', person('elev-1', '2026-08-18', { securityMarking: 'Skyddad folkbokföring' }));
    tell('enheter', SUCCESSION);
    expect(spread()).toEqual([]);
    expect(seen(persons()[0]!)).toEqual(['kommunen1 sis 2026-08-17..']);
  });

  it('ends in the same register in whatever order its owners and its pupils are told of', () => {
    const moved = { enrolments: [enrolment('2026-08-17', { endDate: '2027-01-15' })] };
    const facts: [string, Fact][] = [
      ['enheter', unit('2026-12-15', '2120000001')],
      ['enheter', SUCCESSION],
      ['enheter', unit('2027-01-03', '5560000001')],
      ['sis', person('elev-1', '2026-08-18')],
      ['sis', person('elev-1', '2027-01-16', moved)],
      ['fri', person('f-9', '2027-01-11', { enrolments: [enrolment('2027-01-11')] })],
    ];
    const end = (told: [string, Fact][]) => {
      const { tell, spread, persons } = story();
      tell('enheter', MUNICIPAL);
      let waiting: [string, Fact][] = [];
      for (const fact of told) {
        waiting.push(fact);
        // What is parked is tried again whenever something has come, as the parking lot does.
        waiting = waiting.filter(([from, one]) => tell(from, one).startsWith('parked'));
      }
      spread();
      return persons().map(seen);
    };
    const expected = end(facts);
    expect(expected).toEqual([
      [
        'friskola1 fri 2027-01-11..',
        'friskola1 sis 2027-01-01..2027-01-10',
        'kommunen1 sis 2026-08-17..2026-12-31',
      ],
    ]);
    fc.assert(
      fc.property(fc.shuffledSubarray(facts, { minLength: facts.length }), (shuffled) => {
        expect(end([...shuffled, ...shuffled])).toEqual(expected);
      }),
    );
  });

  it('that had it in between, as is known only late, may say what it said then', () => {
    const { tell, spread, persons, arrivals } = story();
    tell('enheter', MUNICIPAL);
    tell('enheter', unit('2027-02-01', '2120000001'));
    const own = { enrolments: [enrolment('2027-01-01')] };
    expect(tell('fri', person('f-9', '2027-01-11', own))).toBe('parked: unit-not-yours');
    arrivals.clear();
    expect(tell('enheter', SUCCESSION)).toBe('filtered:older');
    expect([...arrivals]).toContain(unitReference(nationalId(CODE)));
    expect(tell('fri', person('f-9', '2027-01-11', own))).toContain('person.registered');
    spread();
    expect(seen(persons()[0]!)).toContain('friskola1 fri 2027-01-01..2027-01-31');
  });

  it('keeps the two spellings of an adapted school form together', () => {
    const { tell, spread, persons } = story();
    tell('enheter', MUNICIPAL);
    const adapted = (startDate: string, schoolType: 'GRS' | 'GRAN') => ({
      enrolments: [enrolment(startDate, { schoolType })],
    });
    tell('sis', person('elev-1', '2026-08-18', adapted('2026-08-17', 'GRS')));
    tell('enheter', SUCCESSION);
    spread();
    tell('fri', person('f-9', '2027-01-11', adapted('2027-01-01', 'GRAN')));
    expect(seen(persons()[0]!)).toEqual([
      'friskola1 fri 2027-01-01..',
      'kommunen1 sis 2026-08-17..2026-12-31',
    ]);
  });

  it('leaves other units alone', () => {
    const { tell, spread, persons } = story();
    tell('enheter', MUNICIPAL);
    tell('enheter', unit('2026-08-01', '2120000001', OTHER));
    const there = { enrolments: [enrolment('2026-08-17', { unit: nationalId(OTHER) })] };
    tell('sis', person('elev-1', '2026-08-18', there));
    tell('enheter', SUCCESSION);
    expect(spread()).toEqual([]);
    expect(seen(persons()[0]!)).toEqual(['kommunen1 sis 2026-08-17..']);
  });
});

describe('a school unit that closes', () => {
  const CLOSED = { ...unit('2027-07-01', '2120000001'), status: 'UPPHORT', endDate: '2027-06-30' } as const; // prettier-ignore

  it('ends what is there on its last day, for a reason that nobody has stated', () => {
    const { tell, spread, persons, register } = story();
    tell('enheter', MUNICIPAL);
    tell('sis', person('elev-1', '2026-08-18'));
    const left = { civicNo: undefined, enrolments: [enrolment('2026-08-17', { endDate: '2027-06-11' })] }; // prettier-ignore
    tell('sis', person('elev-2', '2026-08-18', left));
    expect(tell('enheter', CLOSED)).toBe('organisation.closed');
    expect(register.successions.has(CODE)).toBe(true);
    expect(spread()).toEqual(['enrolment.ended']);
    expect(persons().map(({ enrolments }) => enrolments[0])).toMatchObject([
      { endDate: '2027-06-30', endReason: 'unknown' },
      { endDate: '2027-06-11' },
    ]);
  });

  it('and was not closed after all gives back what its source asserts', () => {
    const { tell, spread, persons } = story();
    tell('enheter', MUNICIPAL);
    tell('sis', person('elev-1', '2026-08-18'));
    tell('enheter', CLOSED);
    spread();
    tell('enheter', unit('2027-07-02', '2120000001'));
    expect(spread()).toEqual(['enrolment.changed']);
    expect(persons()[0]!.enrolments[0]).not.toHaveProperty('endDate');
  });

  it('without a last day, rests or is only planned ends nothing', () => {
    for (const status of ['UPPHORT', 'VILANDE', 'PLANERAD'] as const) {
      const { tell, spread } = story();
      tell('enheter', MUNICIPAL);
      tell('sis', person('elev-1', '2026-08-18'));
      tell('enheter', { ...unit('2027-07-01', '2120000001'), status });
      expect(spread()).toEqual([]);
    }
  });
});
