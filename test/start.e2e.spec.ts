import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { processEnvironment } from '#runtime';
import { eventually, ownServices, testDirectory, type OwnServices } from '#testing';

const MAIN = join(import.meta.dirname, '../dist/apps/hub/src/main.js');
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

  const start = (given: readonly string[], more: NodeJS.ProcessEnv = {}) => {
    const ports = ['DASHBOARD', 'INGEST', 'PUBLISH', 'TEST_ACCESS', 'NORMALISE', 'SANDBOX'];
    hub = new StartedHub(
      {
        PATH: processEnvironment().PATH,
        ...services.environment,
        ...Object.fromEntries(ports.map((name) => [`ELEVNAV_${name}_PORT`, '0'])),
        HUB_DIRECTORY: directory,
        SANDBOX_PUPILS: '60',
        SANDBOX_STAFF: '12',
        SANDBOX_EVENTS_PER_SECOND: '20',
        ...more,
      },
      given,
    );
    return hub;
  };
  const isReady = async (url: string) => (await fetch(`${url}/health/ready`)).status;

  beforeAll(async () => {
    services = await ownServices('start');
    // Beside the clients of this run's issuer: the sandbox registers its own there.
    directory = testDirectory();
  });
  afterEach(async () => {
    await hub?.stop();
    hub = undefined;
  });
  afterAll(async () => {
    rmSync(join(directory, 'sandbox'), { recursive: true, force: true });
    rmSync(join(directory, 'keys.json'), { force: true });
    await services?.stop();
  });

  it(
    'fills a town in one process, lets changes flow, and stops in order',
    async () => {
      const started = start(['--fresh']);
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
      const { code, ms } = await started.stop();
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
    const [code] = (await once(started.child, 'exit')) as [number];
    server.close();
    rmSync(folder, { recursive: true });
    expect(code).toBe(2);
    expect(started.output).toContain(`${port} (ELEVNAV_INGEST_PORT)`);
    expect(started.output.trim().split('\n')).toHaveLength(1);
  });
});
