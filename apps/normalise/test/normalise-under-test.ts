import { adapterNamed } from '#adapters';
import { nationalId, sourceUrn, toBinaryHeaders, type PersonState, type Setting } from '#canonical';
import { bootStage, type BootedStage, type Clock } from '#runtime';
import { stageTransport } from '#stage';
import { eventually, ownServices, type OwnServices } from '#testing';
import { NormaliseModule } from '../src/normalise.module.js';

export const HERE = nationalId('31279295');
export const THERE = nationalId('12345674');

const contract = { marking: 'field', completeness: 'full', silenceHours: 24 } as const;
export const source = (id: string, huvudman: string | null, sourceKind: string, adapter: string) =>
  ({ kind: 'source', id, huvudman, sourceKind, adapter, clients: ['c'], contract }) as Setting;
export const huvudman = (id: string, organisationNumber: string): Setting => ({
  kind: 'huvudman',
  id,
  displayName: id,
  organisationNumber,
  owner: 'municipal',
  subscriberClients: [],
});
const SETTINGS: Setting[] = [
  huvudman('kommunen1', '2120000001'),
  huvudman('friskola1', '5560000001'),
  source('sis', 'kommunen1', 'elevregister', 'ss12000'),
  source('fri', 'friskola1', 'elevregister', 'ss12000'),
  source('absence', 'kommunen1', 'absence', 'ss12000-attendance'),
  source('platform', 'kommunen1', 'learning-platform', 'canvas'),
  source('tests', null, 'test-platform', 'test-platform'),
  source('units', null, 'school-units', 'school-units'),
];

interface Told {
  readonly type: string;
  readonly headers: Record<string, string>;
  readonly key: string | null;
  readonly data: { readonly person: PersonState };
}

/** The stage on services of its own, told by the sources of two huvudmän, and what it says of it. */
export class NormaliseUnderTest {
  private sent = 0;

  private constructor(
    readonly services: OwnServices,
    public stage: BootedStage,
    private readonly clock: Clock | undefined,
  ) {}

  /** @param clock the stage's; that of the machine if left out. */
  static async start(name: string, clock?: Clock): Promise<NormaliseUnderTest> {
    const services = await ownServices(name);
    const under = new NormaliseUnderTest(services, await boot(services, {}, clock), clock);
    await under.tellSettings();
    return under;
  }

  tellSettings(): Promise<void> {
    return this.write(...SETTINGS);
  }

  async write(...settings: Setting[]): Promise<void> {
    await this.services.produce(
      'admin.settings',
      settings.map((setting) => ({
        key: `${setting.kind}/${setting.id}`,
        value: JSON.stringify(setting),
      })),
    );
  }

  /** The national register tells of `HERE`, which is the municipality's, and of `THERE`, which is the independent school's. */
  async tellUnits(): Promise<void> {
    for (const [code, owner] of [
      ['31279295', '2120000001'],
      ['12345674', '5560000001'],
    ] as const) {
      await this.send('units', 'school-units.unit.changed', schoolUnit(code, owner), code);
    }
  }

  /** A second process of the stage; whoever starts it stops it. */
  second(): Promise<BootedStage> {
    return boot(this.services, {}, this.clock);
  }

  /** Starts the stage anew, with other settings. */
  async restart(more: Record<string, string>): Promise<void> {
    await this.stage.stop();
    this.stage = await boot(this.services, more, this.clock);
  }

  async stop(): Promise<void> {
    await this.stage.stop();
    await this.services.stop();
  }

  async send(from: string, type: string, data: object, key = 'one object'): Promise<string> {
    const setting = SETTINGS.find(({ id }) => id === from);
    if (setting?.kind !== 'source') throw new Error('no such source');
    const admission = adapterNamed(setting.adapter)!.admit({ type, data });
    if (!admission.ok) throw new Error(JSON.stringify(admission.issues));
    const envelope = {
      id: `event-${++this.sent}`,
      source: sourceUrn(from),
      type,
      time: '2026-08-18T06:00:00Z',
    };
    await this.services.produce(`source.${setting.sourceKind}`, [
      {
        key: `${from} ${key}`,
        value: JSON.stringify(admission.data),
        headers: toBinaryHeaders(envelope),
      },
    ]);
    return `${envelope.source} ${envelope.id}`;
  }

  /** A student register says all it knows of one person, as `person` has it. */
  says(
    from: string,
    id: string,
    modified: string,
    unit: string,
    more: object = {},
  ): Promise<string> {
    return this.send(from, 'ss12000.person.changed', person(id, modified, unit, more), id);
  }

  /** What an administrator reads over HTTP. */
  async reads<Answer>(path: string, token: string): Promise<Answer> {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${this.stage.url}/${path}`, { headers });
    expect(response.status).toBe(200);
    return (await response.json()) as Answer;
  }

  /** @param as what the giver's token said beyond its client: of nobody's huvudman if left out. */
  async command(
    what: object,
    target: string,
    as: { readonly huvudman?: string; readonly role?: string; readonly acr?: string } = {},
  ): Promise<string> {
    const envelope = {
      id: `command-${++this.sent}`,
      source: 'urn:elevnav:dashboard',
      type: 'se.elevnav.command.given',
    };
    const by = { clientId: 'registrar', subject: 'registrar', ...as };
    await this.services.produce('admin.commands', [
      {
        key: target,
        value: JSON.stringify({ command: what, by, at: '2026-10-20T08:00:00Z' }),
        headers: toBinaryHeaders(envelope),
      },
    ]);
    return `${envelope.source} ${envelope.id}`;
  }

  async told(cause: string): Promise<Told[]> {
    return (await this.services.readAll('canonical.events'))
      .filter(({ headers }) => headers.ce_causationid === cause)
      .map(({ headers, key, value }) => ({
        type: headers.ce_type!.slice('se.elevnav.'.length),
        headers,
        key,
        data: JSON.parse(value!) as Told['data'],
      }));
  }

  tells(cause: string, ...types: string[]): Promise<Told[]> {
    return eventually(async () => {
      const events = await this.told(cause);
      expect(events.map(({ type }) => type)).toEqual(types);
      return events;
    });
  }

  /** As `tells`, of persons whose events lie in different partitions, so that only their number is certain. */
  tellsInAnyOrder(cause: string, ...types: string[]): Promise<Told[]> {
    return eventually(async () => {
      const events = await this.told(cause);
      expect(events.map(({ type }) => type).sort()).toEqual([...types].sort());
      return events;
    });
  }

  /** Time has passed: what is parked and tried again by time is due. What is not tried again by time is a fault. */
  async ripen(cause: string): Promise<void> {
    const due =
      'update normalise.parked set due = now() where cause = $1 and due is not null returning 1';
    expect(await this.services.query(due, [cause])).toHaveLength(1);
  }

  parkedAs(cause: string, code: string): Promise<void> {
    return eventually(async () => {
      const rows = await this.services.query('select code from normalise.parked where cause = $1', [
        cause,
      ]);
      expect(rows).toEqual([{ code }]);
    });
  }
}

function boot(
  services: OwnServices,
  more: Record<string, string>,
  clock: Clock | undefined,
): Promise<BootedStage> {
  return bootStage(NormaliseModule, {
    stage: 'normalise',
    environment: { ...services.environment, ...more },
    ...(clock && { clock }),
    ownsProcess: false,
    strategies: (app) => [stageTransport(app)],
  });
}

/** A pupil of the autumn of 2026, as SS 12000 has it. */
export function person(id: string, modified: string, unit: string, more: object = {}) {
  return {
    id,
    meta: { created: '2026-08-01T08:00:00+02:00', modified },
    givenName: 'Åstakanarie',
    familyName: 'Kanariesson',
    civicNo: { value: '201003142385' },
    birthDate: '2010-03-14',
    securityMarking: 'Ingen',
    personStatus: 'Aktiv',
    eduPersonPrincipalNames: [],
    enrolments: [
      {
        enroledAt: { id: unit },
        schoolType: 'GR',
        schoolYear: 9,
        startDate: '2026-08-17',
        cancelled: false,
      },
    ],
    ...more,
  };
}

/** A school unit, as the national register has it. */
export function schoolUnit(code: string, organisationNumber: string) {
  return {
    meta: {
      extractDate: '2026-08-02T00:06:11.02+02:00',
      created: '2015-01-01',
      modified: '2026-06-14',
    },
    data: {
      type: 'schoolunit',
      schoolUnitCode: code,
      attributes: {
        displayName: 'Testskolan',
        status: 'AKTIV',
        schoolUnitType: 'SKOLENHET',
        municipalityCode: '0180',
        schoolTypes: ['GR'],
        startdate: '2015-07-01',
      },
    },
    included: { type: 'organization', organizationNumber: organisationNumber },
  };
}

/** A class with one pupil, as SS 12000 has it. */
export function schoolClass(pupil: string, unit: string) {
  return {
    id: 'd1d1c5ac-7d6d-53f6-b077-f2c278c98c41',
    meta: { created: '2026-08-17T07:30:00+02:00', modified: '2026-08-18T06:15:22.417+02:00' },
    displayName: '9A MA',
    startDate: '2026-08-17',
    groupType: 'Undervisning',
    schoolType: 'GR',
    organisation: { id: unit },
    groupMemberships: [{ person: { id: pupil } }],
  };
}
