import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { processEnvironment } from '#runtime';
import { eventually, ownServices, testDirectory, type OwnServices } from '#testing';

const MAIN = join(import.meta.dirname, '../dist/apps/hub/src/main.js');
const FREE_PORTS = [
  'DASHBOARD',
  'INGEST',
  'PUBLISH',
  'TEST_ACCESS',
  'NORMALISE',
  'SANDBOX',
  'KAFKA',
  'KAFKA_CLIENTS',
  'KAFKA_CONTROLLER',
  'POSTGRES',
  'ISSUER',
];
const NO_JAVA = { JAVA_HOME: '/nowhere' };
const SPEC_LIMIT_MS = 120_000;
const READY_LIMIT_MS = 90_000;
const STOP_LIMIT_MS = 10_000;

/** A hub as `npm start` runs it, on the services of this Jest run: what starts those has specs of its own. */
class StartedHub {
  output = '';
  readonly child: ChildProcess;

  constructor(environment: NodeJS.ProcessEnv, given: readonly string[]) {
    this.child = spawn(process.execPath, [MAIN, ...given], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.on('data', (part: Buffer) => (this.output += part.toString('utf8')));
    }
  }

  async says(pattern: RegExp, limitMs = READY_LIMIT_MS): Promise<RegExpMatchArray> {
    return eventually(() => {
      const found = pattern.exec(this.output);
      if (found) return found;
      throw new Error(`The hub has not said ${String(pattern)}:\n${this.output}`);
    }, limitMs);
  }

  /** What it said, once it has ended by itself. */
  async refused(): Promise<{ code: number | null; lines: string[] }> {
    if (this.child.exitCode === null) await once(this.child, 'close');
    return { code: this.child.exitCode, lines: this.output.trim().split('\n') };
  }

  async urlOf(stage: string): Promise<string> {
    return (await this.says(new RegExp(`${stage} +(http://127\\.0\\.0\\.1:\\d+)`)))[1]!;
  }

  /** As Ctrl-C does. */
  async stop(): Promise<{ code: number | null; ms: number }> {
    const startedMs = performance.now();
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const gone = once(this.child, 'exit');
      this.child.kill('SIGINT');
      await gone;
    }
    return { code: this.child.exitCode, ms: performance.now() - startedMs };
  }
}

describe('npm start', () => {
  let services: OwnServices;
  let directory: string;
  let hub: StartedHub | undefined;

  const environment = (): NodeJS.ProcessEnv => ({
    PATH: processEnvironment().PATH,
    ...services.environment,
    ...Object.fromEntries(FREE_PORTS.map((name) => [`ELEVNAV_${name}_PORT`, '0'])),
    HUB_DIRECTORY: directory,
    IDENTITY_KEY: '', // the hub's own lie in keys.json
    MASTER_KEYS: '',
    SANDBOX_PUPILS: '60',
    SANDBOX_STAFF: '12',
    SANDBOX_EVENTS_PER_SECOND: '20',
  });
  const start = (given: readonly string[], more: NodeJS.ProcessEnv = {}) => {
    hub = new StartedHub({ ...environment(), ...more }, given);
    return hub;
  };
  const isReady = async (url: string) => (await fetch(`${url}/health/ready`)).status;

  beforeAll(async () => {
    services = await ownServices('start');
    directory = mkdtempSync(join(testDirectory(), 'start-'));
    // The clients of this run's issuer: the sandbox registers its own there.
    symlinkSync(join(testDirectory(), 'issuer'), join(directory, 'issuer'));
  });
  afterEach(async () => {
    await hub?.stop();
    hub = undefined;
  });
  afterAll(async () => {
    if (directory) rmSync(directory, { recursive: true });
    await services?.stop();
  });

  it(
    'fills a town in one process, lets changes flow, and stops in order',
    async () => {
      const started = start([]);
      await started.says(/Elevnav is ready in [\d.]+ s/);
      for (const stage of [
        'dashboard',
        'ingest',
        'publish',
        'test-access',
        'normalise',
        'sandbox',
      ]) {
        expect(await isReady(await started.urlOf(stage))).toBe(200);
      }
      const page = await fetch(await started.urlOf('dashboard'));
      expect(page.status).toBe(200);
      expect(await page.text()).toContain('<html lang="sv"');
      const sandbox = await started.urlOf('sandbox');
      await eventually(async () => {
        const playbill = (await (await fetch(sandbox)).json()) as { changes: number };
        expect(playbill.changes).toBeGreaterThan(3);
      });
      const second = await new StartedHub(environment(), ['--fresh']).refused();
      expect(second).toEqual({
        code: 1,
        lines: [
          expect.stringContaining(
            `Another Elevnav (process ${started.child.pid}) runs on the folder ${directory}: stop it, or`,
          ) as string,
        ],
      });
      expect(existsSync(join(directory, 'sandbox/town.json'))).toBe(true);
      const { code, ms } = await started.stop();
      expect(existsSync(join(directory, 'hub.lock'))).toBe(false);
      expect(started.output).toContain('Elevnav has stopped.');
      expect(started.output).not.toContain('Warning');
      expect(code).toBe(0);
      expect(ms).toBeLessThan(STOP_LIMIT_MS);
    },
    SPEC_LIMIT_MS,
  );

  it(
    'starts a killed stage again, and takes all of them with it when it is killed itself',
    async () => {
      const started = start(['--processes'], { HUB_STAGES: 'ingest,normalise' });
      const [, list = ''] = await started.says(/Processes: (.*)\. Kill/);
      const processes = new Map(
        list.split(', ').map((words) => words.split(' ') as [string, string]),
      );
      process.kill(Number(processes.get('normalise')), 'SIGKILL');
      await started.says(/normalise \(process \d+\) ended by SIGKILL; starting it again/);
      const [, newPid] = await started.says(/normalise is back as process (\d+)/);
      const normalise = await started.urlOf('normalise');
      expect(await isReady(normalise)).toBe(200);
      const checks = await (await fetch(`${normalise}/health/ready`)).text();
      expect(checks).toContain('consumer normalise.elevregister');
      expect(checks).toContain('consumer normalise.admin.commands');
      processes.set('normalise', newPid!);
      started.child.kill('SIGKILL');
      await eventually(() => {
        for (const pid of processes.values()) {
          expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
        }
      });
    },
    SPEC_LIMIT_MS,
  );

  it('says in one sentence which port is taken and which setting changes it', async () => {
    const folder = mkdtempSync(join(directory, 'port-'));
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const started = new StartedHub(
      { PATH: processEnvironment().PATH, HUB_DIRECTORY: folder, ELEVNAV_INGEST_PORT: String(port) },
      [],
    );
    const { code, lines } = await started.refused();
    server.close();
    expect(code).toBe(2);
    expect(lines).toEqual([expect.stringContaining(`${port} (ELEVNAV_INGEST_PORT)`)]);
  });

  it('starts over with no data that it cannot empty', async () => {
    const HUB_DIRECTORY = mkdtempSync(join(directory, 'fresh-'));
    writeFileSync(join(HUB_DIRECTORY, 'keys.json'), 'keys');
    const { code, lines } = await start(['--fresh'], { HUB_DIRECTORY }).refused();
    expect(code).toBe(2);
    expect(lines).toEqual([expect.stringContaining('KAFKA_BROKERS and DATABASE_URL')]);
    expect(readFileSync(join(HUB_DIRECTORY, 'keys.json'), 'utf8')).toBe('keys');
  });

  it('says in one sentence that its town is half written', async () => {
    const HUB_DIRECTORY = mkdtempSync(join(directory, 'town-'));
    mkdirSync(join(HUB_DIRECTORY, 'sandbox'));
    writeFileSync(join(HUB_DIRECTORY, 'sandbox/town.json'), '{"town":');
    const { code, lines } = await start(['--processes'], { HUB_DIRECTORY }).refused();
    expect(code).toBe(1);
    expect(lines).toEqual([expect.stringContaining(`${HUB_DIRECTORY}/sandbox/town.json`)]);
  });

  it(
    'leaves no process and no lock when a service cannot start',
    async () => {
      const HUB_DIRECTORY = mkdtempSync(join(directory, 'java-'));
      const started = start([], { HUB_DIRECTORY, ELEVNAV_SERVICES: 'local', ...NO_JAVA });
      const { code, lines } = await started.refused();
      expect(code).toBe(1);
      expect(lines.at(-1)).toContain('Kafka needs Java and none was found in JAVA_HOME');
      // PostgreSQL was there already: its folder, in which it was started, is in its arguments.
      expect(existsSync(join(HUB_DIRECTORY, 'postgres/data/PG_VERSION'))).toBe(true);
      const { stdout } = spawnSync('ps', ['-A', '-o', 'args'], { encoding: 'utf8' });
      expect(stdout.split('\n').filter((line) => line.includes(HUB_DIRECTORY))).toEqual([]);
      expect(existsSync(join(HUB_DIRECTORY, 'hub.lock'))).toBe(false);
      rmSync(join(HUB_DIRECTORY, 'keys.json'));
      const keyless = await start([], { HUB_DIRECTORY, ELEVNAV_SERVICES: 'local' }).refused();
      expect(keyless.code).toBe(2);
      expect(keyless.lines.at(-1)).toContain('keys.json is missing');
    },
    SPEC_LIMIT_MS,
  );
});
