import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { parse } from 'yaml';
import { HttpConfig, IssuerConfig, LogConfig, settingsOf } from '#runtime';
import { KafkaConfig, StageConfig } from '#stage';
import { CONFIG_CLASSES } from './docs/describe-settings.js';

interface Service {
  readonly image: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly ports: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: object;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
}

const compose = parse(readFileSync('docker/compose.yaml', 'utf8'), { merge: true }) as Compose;
const services = Object.entries(compose.services);
/** hub composes the others in one process and starts services of its own: it is for one machine, not for containers. */
const stages = globSync('apps/*/src/main.ts')
  .map((path) => basename(dirname(dirname(path))))
  .filter((stage) => stage !== 'hub');
const PIPELINE = ['ingest', 'normalise', 'test-access', 'publish', 'dashboard', 'sandbox'];

describe('compose.yaml', () => {
  it('has every stage as a service of its own, in pipeline order', () => {
    expect([...stages].sort()).toEqual([...PIPELINE].sort());
    expect(services.map(([name]) => name)).toEqual(['kafka', 'postgres', ...PIPELINE]);
    for (const stage of PIPELINE) expect(compose.services[stage]!.environment.STAGE).toBe(stage);
  });

  it.each(PIPELINE)(
    'gives %s settings that it reads, and all that it refuses to start without',
    (stage) => {
      const read = settingsRead(stage);
      const given = Object.keys(compose.services[stage]!.environment).filter(
        (name) => name !== 'STAGE',
      );
      expect(given.filter((name) => !read.has(name))).toEqual([]);
      const needed = [...read.values()].filter(
        (one) => one.default === undefined && !one.isOptional,
      );
      expect(needed.map(({ name }) => name).filter((name) => !given.includes(name))).toEqual([]);
    },
  );

  it('takes every variable from .env.example, and that file has no value that is a secret', () => {
    const example = readFileSync('docker/.env.example', 'utf8');
    const lines = [...example.matchAll(/^([A-Z_]+)=(.*)$/gm)];
    const used = [...readFileSync('docker/compose.yaml', 'utf8').matchAll(/\$\{([A-Z_]+)/g)];
    const names = lines.map(([, name]) => name);
    expect(new Set(used.map(([, name]) => name))).toEqual(new Set(names));
    const valued = lines.filter(([, , value]) => value !== '').map(([, name]) => name);
    expect(valued).toEqual(['OIDC_AUDIENCE', 'KAFKA_CLIENT_ADDRESS']);
  });

  it('publishes every port on loopback only, each once', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports.filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port))).toEqual([]);
    expect(new Set(ports).size).toBe(ports.length);
  });

  it('starts nothing before what it depends on is healthy, and keeps data in volumes that it declares', () => {
    for (const [name, { depends_on: needs = {}, volumes = [], healthcheck }] of services) {
      for (const [need, { condition }] of Object.entries(needs)) {
        expect(`${name} ${need} ${condition}`).toBe(`${name} ${need} service_healthy`);
        expect(compose.services).toHaveProperty(need);
      }
      if (!stages.includes(name)) expect(healthcheck).toBeDefined();
      for (const volume of volumes) {
        const [from = ''] = volume.split(':');
        if (from.startsWith('.')) expect(existsSync(`docker/${from}`)).toBe(true);
        else expect(compose.volumes).toHaveProperty(from);
      }
    }
  });
});

describe('the Dockerfile', () => {
  const dockerfile = readFileSync('docker/Dockerfile', 'utf8');

  it('copies what exists and what .dockerignore lets through', () => {
    const allowed = readFileSync('.dockerignore', 'utf8').split('\n');
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, from]) =>
      from!.split(' '),
    );
    expect(copied.length).toBeGreaterThan(0);
    expect(copied.filter((path) => !existsSync(path))).toEqual([]);
    expect(copied.filter((path) => !allowed.includes(`!${path}`))).toEqual([]);
  });

  it('runs as somebody else than root, tells whether it lives, and installs what production needs', () => {
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).toMatch(/^HEALTHCHECK /m);
    expect(dockerfile).toContain('/health/live');
    expect(dockerfile).toContain('--omit=dev');
  });

  it('uses the same major version of Node as package.json', () => {
    const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      devDependencies: { node: string };
    };
    expect(dockerfile).toContain(`node:${devDependencies.node.split('.')[0]}-`);
  });
});

describe("Kafka's properties in docker/kafka", () => {
  it('say all that those of the local Kafka say of who may do what', () => {
    const file = readFileSync('docker/kafka/server.properties', 'utf8');
    const local = readFileSync('libs/local-services/src/kafka/server-properties.ts', 'utf8');
    const keys = [...local.matchAll(/'([a-z_]+(?:\.[a-z_]+)+)':/g)].map(([, key]) => key!);
    expect(keys.length).toBeGreaterThan(20);
    const rules = keys.filter((key) =>
      /sasl|oauthbearer|listener|super|acl|authorizer|auto/.test(key),
    );
    expect(rules.filter((key) => !file.includes(`\n${key}=`))).toEqual([]);
    expect(file).toContain('\nallow.everyone.if.no.acl.found=false\n');
    expect(file).toContain('\nauto.create.topics.enable=false\n');
    expect(file).not.toMatch(/^listener\.security\.protocol\.map=.*:(PLAINTEXT|SSL)\b/m);
  });
});

function settingsRead(stage: string) {
  const own = CONFIG_CLASSES.filter(({ says }) => says === stage).map(({ read }) => read);
  const door = [LogConfig, HttpConfig];
  const withKafka = stage === 'sandbox' ? [] : [IssuerConfig, KafkaConfig];
  const withStore = stage === 'sandbox' || stage === 'ingest' ? [] : [StageConfig];
  const classes = [...door, ...withKafka, ...withStore, ...own];
  return new Map(classes.flatMap(settingsOf).map((setting) => [setting.name, setting]));
}
