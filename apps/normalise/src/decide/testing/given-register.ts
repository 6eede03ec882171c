import {
  DEFAULT_RETENTION,
  nationalId,
  sourceUrn,
  type HuvudmanSetting,
  type PersonState,
  type SourceKind,
  type SourceSetting,
  type TestState,
} from '#canonical';
import type { Fact, PersonAsserted } from '#adapters';
import { HuvudmanKeys, type ReceivedEvent } from '#stage';
import { receiptAt } from '../../claim/order-claims.js';
import { RegisterSources } from '../../facts/register-sources.js';
import { prepareFact } from '../../facts/source-fact.js';
import { claimKey } from '../../register/records.js';
import { Register } from '../../register/register.js';
import { UnitHistory } from '../../succession/unit-history.js';
import { decideFact } from '../decide-fact.js';
import type { Deciding } from '../deciding.js';
import type { Announcement } from '../verdict.js';

export const HERE = nationalId('31279295');
export const THERE = nationalId('12345674');
const huvudman = (id: string, organisationNumber: string) =>
  ({ kind: 'huvudman', id, organisationNumber }) as HuvudmanSetting;
const source = (id: string, owner: string | null, sourceKind: SourceKind): SourceSetting => ({
  kind: 'source',
  id,
  huvudman: owner,
  sourceKind,
  adapter: 'any',
  clients: [],
  contract: { marking: 'field', completeness: 'full', silenceHours: 24 },
});
export const SOURCES = [
  source('sis', 'kommunen1', 'elevregister'),
  source('vux', 'kommunen1', 'elevregister'),
  source('fri', 'friskola1', 'elevregister'),
  source('stift', 'stiftelse1', 'elevregister'),
  source('frånvaro', 'kommunen1', 'absence'),
  source('plattform', 'kommunen1', 'learning-platform'),
  source('prov', null, 'test-platform'),
];
export const HUVUDMEN = [
  huvudman('kommunen1', '2120000001'),
  huvudman('friskola1', '5560000001'),
  huvudman('stiftelse1', '8020000001'),
];

const owner = (organisationNumber: string) => ({
  organisationNumber,
  since: '2026-01-01T00:00:00.000000Z',
});

/** A register in memory, told one fact after the other. */
export function story() {
  const keys = new HuvudmanKeys({
    identityKey: Buffer.alloc(32, 1),
    masterKeys: [{ id: 'test', key: Buffer.alloc(32, 2) }],
  });
  const register = new Register(keys, new UnitHistory(() => HUVUDMEN));
  for (const { id } of SOURCES) {
    register.units.set(claimKey(id, HERE), { code: '31279295', owners: [owner('2120000001')] });
    register.units.set(claimKey(id, THERE), { code: '12345674', owners: [owner('5560000001')] });
  }
  const deciding: Deciding = {
    register,
    registers: new RegisterSources(SOURCES),
    settings: {
      huvudmen: () => HUVUDMEN,
      huvudman: (id) => HUVUDMEN.find((one) => one.id === id),
      retention: () => DEFAULT_RETENTION,
    },
    today: '2026-12-01',
    arrivals: new Set(),
  };
  const receipt = receiptAt(new Date('2026-12-01T12:00:00Z'));
  let told = 0;
  const announcements: Announcement[] = [];
  const tell = (from: string, fact: Fact): string => {
    const envelope = { id: `event-${++told}`, source: sourceUrn(from), type: fact.kind };
    const event: ReceivedEvent = {
      topic: '',
      partition: 0,
      offset: '0',
      key: '',
      envelope,
      data: null,
    };
    const setting = SOURCES.find(({ id }) => id === from)!;
    const verdict = decideFact(
      prepareFact(event, fact, { source: setting, receipt, keys }),
      deciding,
    );
    switch (verdict.is) {
      case 'announced':
        announcements.push(...verdict.announcements);
        return verdict.announcements.map(({ type }) => type.slice('se.elevnav.'.length)).join(', ');
      case 'parked':
        return `parked: ${verdict.reason.code}`;
      case 'filtered':
        return verdict.outcome;
    }
  };
  /** Those who have not turned out to be another. */
  const persons = (): PersonState[] =>
    [...register.persons.values()].filter(({ isEnded }) => !isEnded).map(({ state }) => state!);
  return { tell, persons, announcements, arrivals: deciding.arrivals, register };
}

export const person = (
  localId: string,
  day: string,
  more: Partial<PersonAsserted> = {},
): PersonAsserted => ({
  kind: 'person-asserted',
  localId,
  modified: `${day}T08:00:00.000000Z`,
  names: { givenName: 'Åsta', familyName: 'Elevsson' },
  civicNo: '201003142385',
  birthDate: '2010-03-14',
  eppns: [],
  enrolments: [enrolment(HERE, '2026-08-17')],
  ...more,
});
export const enrolment = (unit: string, startDate: string, endDate?: string) => ({
  unit,
  schoolType: 'GR' as const,
  schoolYear: 9,
  startDate,
  ...(endDate && { endDate }),
  cancelled: false,
});
export const account = (day: string, eppn: string | null, more: object = {}): Fact => ({
  kind: 'account-asserted',
  localId: 'konto-1',
  modified: `${day}T08:00:00.000000Z`,
  person: 'elev-1',
  eppn,
  state: 'active',
  ...more,
});
/** A platform says where a pupil stands in a test. */
export const testReported = (state: TestState, eppn: string): Fact => ({
  kind: 'test-reported',
  localId: 'prov-1',
  modified: '2026-11-03T08:00:00.000000Z',
  assignment: '8d3b0f5e-0000-4000-8000-000000000001',
  eppn,
  activity: '25fe03a1-0000-5000-8000-000000000001',
  state,
  at: '2026-11-03T08:00:00.000000Z',
});
