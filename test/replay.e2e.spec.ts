import { PublishModule } from '#apps/publish';
import { TestAccessModule } from '#apps/test-access';
import { formatSequence, huvudmanTopic, nationalId, settingKey, toBinaryHeaders, type PersonState, type Setting } from '#canonical'; // prettier-ignore
import { SteppableClock, bootStage, type BootedStage } from '#runtime';
import { Settings, stageTransport } from '#stage';
import { eventually, ownServices, type OwnServices } from '#testing';

const NOW = '2026-11-12T08:00:00Z';
const UNITS: Record<string, string> = { malmo00001: '12345678', kunskap001: '87654321' };
const HUVUDMEN = Object.keys(UNITS);

/** The last that a huvudman was told of each person's access, by the id that it knows the person by. */
type Known = Record<string, unknown>;

describe('a publish that has lost what huvudmän were told', () => {
  let services: OwnServices;
  const booted: BootedStage[] = [];
  let commands = 0;

  const boot = async (stage: string, module: Parameters<typeof bootStage>[0]) => {
    booted.push(
      await bootStage(module, {
        stage,
        environment: services.environment,
        clock: new SteppableClock(new Date(NOW)),
        ownsProcess: false,
        strategies: (app) => [stageTransport(app)],
      }),
    );
  };
  const replayAccess = async () => {
    const command = { name: 'replay', of: 'access', action: 'begin' };
    const by = { clientId: 'registrar', subject: 'registrar' };
    const headers = toBinaryHeaders({
      id: `command-${++commands}`,
      source: 'urn:elevnav:dashboard',
      type: 'se.elevnav.command.given',
    });
    const value = JSON.stringify({ command, by, at: NOW });
    await services.produce('admin.commands', [{ key: 'access', value, headers }]);
  };
  const toldOfAccess = async (huvudman: string) =>
    (await services.readAll(huvudmanTopic(huvudman)))
      .map(({ key, headers, value }) => ({ key, headers, value: value! }))
      .filter(({ headers }) => /^se\.elevnav\.(access|test)\./.test(headers.ce_type!));
  const knownTo = async (huvudman: string): Promise<Known> => {
    const newest: Record<string, { sequence: string; access: unknown }> = {};
    for (const { key, headers, value } of await toldOfAccess(huvudman)) {
      const { access } = JSON.parse(value) as { access?: unknown };
      const sequence = headers.ce_sequence!;
      if (sequence > (newest[key!]?.sequence ?? '')) newest[key!] = { sequence, access };
    }
    return Object.fromEntries(Object.entries(newest).map(([id, { access }]) => [id, access]));
  };

  beforeAll(async () => {
    services = await ownServices('replay-e2e');
    await boot('test-access', TestAccessModule);
    await boot('publish', PublishModule);
    const settings = HUVUDMEN.map(huvudmanSetting);
    await services.produce(
      'admin.settings',
      settings.map((setting) => ({ key: settingKey(setting), value: JSON.stringify(setting) })),
    );
    const publish = booted[1]!.app.get(Settings, { strict: false });
    await eventually(() => Promise.resolve(expect(publish.huvudmen()).toHaveLength(2)));
    await services.produce('canonical.events', PERSONS.map(canonicalRecord));
    await eventually(async () => {
      const counts = await Promise.all(HUVUDMEN.map(async (id) => (await toldOfAccess(id)).length));
      expect(counts).toEqual([3, 2]);
    });
  });
  afterAll(async () => {
    for (const stage of booted) await stage.stop();
    await services?.stop();
  });

  it('tells each huvudman all that it may know of access, and nothing else, when access is replayed', async () => {
    const before = await Promise.all(HUVUDMEN.map(knownTo));
    const counts = await Promise.all(HUVUDMEN.map(async (id) => (await toldOfAccess(id)).length));
    await services.query('delete from publish.view');
    await services.query('update publish.epoch set epoch = extract(epoch from now())::bigint');
    await replayAccess();
    const retold = await eventually(async () => {
      const now = await Promise.all(HUVUDMEN.map(toldOfAccess));
      expect(now.map(({ length }) => length)).toEqual(counts.map((count) => count * 2));
      return now.map((told, index) => told.slice(counts[index]));
    });
    expect(await Promise.all(HUVUDMEN.map(knownTo))).toEqual(before);
    retold.forEach((told, index) => {
      const said = JSON.stringify(told);
      const [own, other] = [HUVUDMEN[index]!, HUVUDMEN[1 - index]!];
      expect(said).toContain(own);
      for (const secret of [other, UNITS[other]!, ...PERSONS.map(({ id }) => id)]) {
        expect(said).not.toContain(secret);
      }
    });
  });
});

/** One at either huvudman, one whom the second awaits while the first still holds the entry, and one who is protected. */
const PERSONS: readonly PersonState[] = [
  pupil('at the first', ['malmo00001']),
  pupil('at the second', ['kunskap001']),
  { ...pupil('at both', HUVUDMEN), eppns: [eppnAt('malmo00001', 'at both')] },
  { ...pupil('protected', ['malmo00001']), securityMarking: 'Sekretessmarkering' },
];

function eppnAt(huvudman: string, name: string): PersonState['eppns'][number] {
  const value = `${name.replaceAll(' ', '.')}@${huvudman}.example`;
  return { value, huvudman, source: `register-${huvudman}` };
}

function pupil(name: string, huvudmen: readonly string[]): PersonState {
  return {
    id: nationalId(`pupil ${name}`),
    securityMarking: 'Ingen',
    personStatus: 'Aktiv',
    standing: 'present',
    eppns: huvudmen.map((huvudman) => eppnAt(huvudman, name)),
    enrolments: huvudmen.map((huvudman) => ({
      id: nationalId(`enrolment of ${name} at ${huvudman}`),
      source: `register-${huvudman}`,
      huvudman,
      schoolUnit: UNITS[huvudman]!,
      schoolType: 'GR',
      schoolYear: 6,
      startDate: '2026-08-18',
      cancelled: false,
    })),
    duties: [],
    tests: [],
  };
}

function huvudmanSetting(id: string): Setting {
  return {
    kind: 'huvudman',
    id,
    displayName: id,
    organisationNumber: '2120001124',
    owner: 'municipal',
    subscriberClients: [],
  };
}

function canonicalRecord(person: PersonState, index: number) {
  return {
    key: person.id,
    value: JSON.stringify({ person, change: { fields: ['enrolments'] } }),
    headers: toBinaryHeaders({
      id: nationalId(`event ${index}`),
      source: 'urn:elevnav:normalise',
      type: 'se.elevnav.person.registered',
      subject: person.id,
      sequence: formatSequence(1, index + 1),
      causationid: `urn:elevnav:source:register ${index}`,
    }),
  };
}
