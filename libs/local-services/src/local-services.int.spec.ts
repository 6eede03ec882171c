import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createRemoteJWKSet, decodeJwt, jwtVerify, SignJWT } from 'jose';
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, Kafka, logLevel } from 'kafkajs';
import { ResourcePatternTypes, type SASLOptions } from 'kafkajs';
import pg from 'pg';

import { markOf } from './host/process-mark.js';
import { repositoryRoot } from './host/files.js';
import {
  hasData,
  lockFolder,
  registerIssuerClient,
  startLocalServices,
  type LocalServices,
} from './index.js';

const freePorts = { kafka: 0, kafkaClients: 0, kafkaController: 0, postgres: 0, issuer: 0 };
const vendor = {
  clientId: 'vendor-a',
  clientSecret: 'a secret long enough',
  scopes: ['events:write', 'feed:read'],
};

let root: string;
let services: LocalServices;

beforeAll(async () => {
  process.env.ELEVNAV_SERVICES = 'local';
  root = mkdtempSync(join(tmpdir(), 'elevnav-services-'));
  services = await startLocalServices({ directory: join(root, 'main'), ports: freePorts });
}, 120_000);

afterAll(async () => {
  await services?.stop();
  rmSync(root, { recursive: true, force: true });
});

function kafkaAs(brokers: string | undefined, sasl: SASLOptions): Kafka {
  return new Kafka({
    clientId: 'spec',
    brokers: (brokers ?? '').split(','),
    sasl,
    retry: { retries: 4 },
    logLevel: logLevel.NOTHING,
  });
}

function asSuperUser(): Kafka {
  const { brokers, username = '', password = '' } = services.kafka;
  return kafkaAs(brokers, { mechanism: 'plain', username, password });
}

function asBearer(token: string): Kafka {
  const oauthBearerProvider = () => Promise.resolve({ value: token });
  return kafkaAs(services.kafka.clientBrokers, { mechanism: 'oauthbearer', oauthBearerProvider });
}

async function askForToken(client: { clientId: string; clientSecret: string }, scope?: string) {
  const login = Buffer.from(`${client.clientId}:${encodeURIComponent(client.clientSecret)}`);
  const response = await fetch(`${services.issuer.url}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${login.toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope && { scope }) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

async function readOne(kafka: Kafka, topic: string, groupId: string): Promise<string> {
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    return await new Promise((resolve, reject) => {
      // Not even a first consumer of a new Kafka crashes: it answers only when it is all there.
      consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
      const eachMessage = ({ message }: { message: { value: Buffer | null } }) =>
        Promise.resolve(resolve(String(message.value)));
      consumer.run({ eachMessage }).catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
}

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: services.postgres.url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Runs a module of a few lines in a process of its own; the sources are loaded without a build. */
function runApart(lines: string, environment: Record<string, string>) {
  const index = JSON.stringify(join(repositoryRoot(), 'libs/local-services/src/index.ts'));
  const source = `const { startLocalServices } = await import(${index});\n${lines}`;
  const register = join(repositoryRoot(), 'test/register-typescript.mjs');
  const args = ['--import', register, '--input-type=module', '-e', source];
  const child = spawn(process.execPath, args, {
    env: { ELEVNAV_SERVICES: 'local', PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return { child, ended: once(child, 'close').then(() => said), said: () => said };
}

function startedWith(options: object): string {
  const text = JSON.stringify({ ports: freePorts, ...options });
  return `await startLocalServices(${text}).then(() => console.log('up'), ({ code, message }) => console.log(code, message));`;
}

async function eventually(isSo: () => boolean, waitMsMax = 15_000): Promise<void> {
  const until = Date.now() + waitMsMax;
  while (!isSo()) {
    if (Date.now() > until) throw new Error(`not so within ${waitMsMax} ms: ${String(isSo)}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

describe('what a stage is told', () => {
  it('is all that its configuration reads', () => {
    expect(Object.keys(services.environment).sort()).toEqual([
      'DATABASE_URL',
      'KAFKA_BROKERS',
      'KAFKA_CLIENT_BROKERS',
      'KAFKA_PASSWORD',
      'KAFKA_USERNAME',
      'OIDC_AUDIENCE',
      'OIDC_ISSUER',
      'OIDC_JWKS_URL',
    ]);
    expect(services.kafka.how).toBe('local');
  });

  it('lies in files that only their owner may read', () => {
    const secrets = [
      'kafka/password',
      'kafka/server.properties',
      'postgres/password',
      'issuer/signing-key.json',
    ];
    for (const path of secrets) {
      expect([path, statSync(join(root, 'main', path)).mode & 0o777]).toEqual([path, 0o600]);
    }
  });
});

describe('Kafka', () => {
  it('carries a record from a stage to a stage', async () => {
    const admin = asSuperUser().admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'hop' }] });
    await admin.disconnect();
    const producer = asSuperUser().producer({ allowAutoTopicCreation: false });
    await producer.connect();
    await producer.send({ topic: 'hop', messages: [{ key: 'person', value: 'moved' }] });
    await producer.disconnect();
    await expect(readOne(asSuperUser(), 'hop', 'hop-reader')).resolves.toBe('moved');
  });

  it('keeps its records and its address when it is killed', async () => {
    const { brokers } = services.kafka;
    const pid = services.kafka.pid();
    await services.kafka.kill();
    expect(services.kafka.pid()).toBeUndefined();
    await services.kafka.start();
    expect(services.kafka.pid()).not.toBe(pid);
    expect(services.kafka.brokers).toBe(brokers);
    await expect(readOne(asSuperUser(), 'hop', 'hop-reader-later')).resolves.toBe('moved');
  });

  it('makes no topic by being asked about it', async () => {
    const admin = asSuperUser().admin();
    await admin.connect();
    const asked = admin.fetchTopicMetadata({ topics: ['never-made'] });
    await expect(asked).rejects.toMatchObject({ type: 'UNKNOWN_TOPIC_OR_PARTITION' });
    await expect(admin.listTopics()).resolves.not.toContain('never-made');
    await admin.disconnect();
  });

  it('lets in nobody with a wrong password', async () => {
    const sasl: SASLOptions = { mechanism: 'plain', username: 'elevnav', password: 'guess' };
    const admin = kafkaAs(services.kafka.brokers, sasl).admin();
    await expect(admin.connect()).rejects.toThrow(/Authentication failed/);
  });
});

describe('the issuer', () => {
  beforeAll(() => services.issuer.registerClient(vendor));

  it('gives a token that says for whom, by whom, what for and until when', async () => {
    const { status, body } = await askForToken(vendor);
    expect(status).toBe(200);
    const keys = createRemoteJWKSet(new URL(services.issuer.jwksUrl));
    const { payload, protectedHeader } = await jwtVerify(String(body.access_token), keys, {
      issuer: services.issuer.url,
      audience: 'urn:elevnav:hub',
      algorithms: ['RS256'],
    });
    expect(protectedHeader.typ).toBe('at+jwt');
    expect(payload).toMatchObject({ client_id: 'vendor-a', scope: 'events:write feed:read' });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(600);
  });

  it('gives the scope that was asked for, and none that the client does not have', async () => {
    const asked = await askForToken(vendor, 'feed:read');
    expect(asked.body.scope).toBe('feed:read');
    const refused = await askForToken(vendor, 'feed:read admin');
    expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
  });

  it('says of a client what it was registered with, and nothing by which it would pass for another', async () => {
    const clerk = { clientId: 'clerk', clientSecret: 'the secret of a clerk', scopes: ['a'] };
    const claims = { huvudman: 'malmo00001', acr: 'loa3', client_id: 'vendor-a', sub: 'vendor-a' };
    await services.issuer.registerClient({ ...clerk, claims });
    const { body } = await askForToken(clerk);
    const payload = decodeJwt(String(body.access_token));
    expect(payload).toMatchObject({
      huvudman: 'malmo00001',
      acr: 'loa3',
      client_id: 'clerk',
      sub: 'clerk',
    });
    expect(decodeJwt(String((await askForToken(vendor)).body.access_token))).not.toHaveProperty('acr'); // prettier-ignore
  });

  it('knows a client that another process registered, and refuses a wrong secret', async () => {
    const late = { clientId: 'late', clientSecret: 'registered elsewhere', scopes: ['a'] };
    expect((await askForToken(late)).status).toBe(401);
    await registerIssuerClient(join(root, 'main'), late);
    expect((await askForToken(late)).status).toBe(200);
    const wrong = await askForToken({ ...late, clientSecret: 'a guess of some length' });
    expect(wrong).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it("registers no client under the name of Kafka's super user", async () => {
    const impostor = { ...vendor, clientId: 'elevnav' };
    const refusal = { code: 'client-invalid' };
    await expect(services.issuer.registerClient(impostor)).rejects.toMatchObject(refusal);
    await expect(registerIssuerClient(root, impostor)).rejects.toMatchObject(refusal);
  });
});

describe('a subscriber with a token', () => {
  beforeAll(async () => {
    await services.issuer.registerClient(vendor);
    const admin = asSuperUser().admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'own' }, { topic: 'foreign' }] });
    const allow = (resourceType: AclResourceTypes, resourceName: string) => ({
      resourceType,
      resourceName,
      resourcePatternType: ResourcePatternTypes.LITERAL,
      principal: 'User:vendor-a',
      host: '*',
      operation: AclOperationTypes.READ,
      permissionType: AclPermissionTypes.ALLOW,
    });
    const acl = [allow(AclResourceTypes.TOPIC, 'own'), allow(AclResourceTypes.GROUP, 'vendor-a')];
    await admin.createAcls({ acl });
    await admin.disconnect();
    const producer = asSuperUser().producer();
    await producer.connect();
    await producer.send({ topic: 'own', messages: [{ value: 'for vendor-a' }] });
    await producer.disconnect();
  });

  it("reads its own topic and is refused another's", async () => {
    const { access_token: token } = (await askForToken(vendor)).body;
    await expect(readOne(asBearer(String(token)), 'own', 'vendor-a')).resolves.toBe('for vendor-a');
    const foreign = readOne(asBearer(String(token)), 'foreign', 'vendor-a');
    await expect(foreign).rejects.toMatchObject({ type: 'TOPIC_AUTHORIZATION_FAILED' });
  });

  it('gets nothing with a token that the issuer did not sign', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const jwks = (await (await fetch(services.issuer.jwksUrl)).json()) as {
      keys: { kid: string }[];
    };
    const forged = await new SignJWT({ client_id: 'elevnav', scope: 'events:write' })
      .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: jwks.keys[0]?.kid })
      .setIssuer(services.issuer.url)
      .setAudience(services.issuer.audience)
      .setSubject('elevnav')
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(privateKey);
    // The refusal is a challenge (RFC 7628 §3.2.2), which kafkajs does not read: it learns by being cut off.
    const admin = asBearer(forged).admin();
    await expect(admin.connect().then(() => admin.listTopics())).rejects.toThrow();
    await admin.disconnect();
  });
});

describe('PostgreSQL', () => {
  it('sorts text bytewise and knows Swedish letters', async () => {
    const rows = await query(
      `SELECT string_agg(t, '' ORDER BY t) AS sorted, lower('ÅÄÖ') AS lower FROM unnest(ARRAY['ö','B','a','Å']) t`,
    );
    expect(rows).toEqual([{ sorted: 'BaÅö', lower: 'åäö' }]);
    await expect(query('SHOW fsync')).resolves.toEqual([{ fsync: 'on' }]);
  });

  it('keeps what was committed over a stop and over a crash', async () => {
    await query('CREATE TABLE kept (id int)');
    await services.postgres.stop();
    await expect(query('SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await services.postgres.start();
    await query('INSERT INTO kept VALUES (7)');
    await services.postgres.stop('immediate');
    await services.postgres.start();
    await expect(query('SELECT id FROM kept')).resolves.toEqual([{ id: 7 }]);
  });

  it('goes back to a copy, and copies only what stands still', async () => {
    const copy = join(root, 'copies', 'one');
    await expect(services.postgres.copyData(copy)).rejects.toMatchObject({ code: 'still-running' });
    await query('CREATE TABLE before_copy (id int)');
    await services.postgres.stop();
    await services.postgres.copyData(copy);
    await services.postgres.start();
    await query('CREATE TABLE after_copy (id int)');
    await services.postgres.stop();
    await services.postgres.restoreData(copy);
    await services.postgres.start();
    const tables = await query(`SELECT tablename FROM pg_tables WHERE tablename LIKE '%_copy'`);
    expect(tables).toEqual([{ tablename: 'before_copy' }]);
  });
});

describe('what goes wrong says what to do', () => {
  it('when a port is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const port = (holder.address() as { port: number }).port;
    const start = startLocalServices({
      directory: join(root, 'port'),
      need: ['postgres'],
      ports: { postgres: port },
    });
    await expect(start).rejects.toMatchObject({
      code: 'port-taken',
      message: `Port ${port} is taken: stop the program that uses it, or set ELEVNAV_POSTGRES_PORT to another port.`,
    });
    holder.close();
  });

  it('when a second hub comes to the same folder', async () => {
    const directory = join(root, 'main');
    const { ended } = runApart(startedWith({ directory, need: ['postgres'] }), {});
    expect(await ended).toContain(
      `directory-in-use Another Elevnav (process ${process.pid}) runs on the folder ${directory}: stop it, or`,
    );
    const again = startLocalServices({ directory, need: ['postgres'], ports: freePorts });
    await expect(again).rejects.toMatchObject({ code: 'directory-in-use' });
  });

  it('when the folder cannot be written, or is none', async () => {
    const directory = join(root, 'a-file');
    writeFileSync(directory, '');
    const start = startLocalServices({ directory, need: ['issuer'], ports: freePorts });
    await expect(start).rejects.toMatchObject({
      code: 'directory-unreachable',
      message: expect.stringContaining('set HUB_DIRECTORY to another folder'),
    });
  });

  it('when a data folder is half written', async () => {
    const directory = join(root, 'half');
    mkdirSync(join(directory, 'postgres', 'data'), { recursive: true });
    writeFileSync(join(directory, 'postgres', 'data', 'PG_VERSION'), '18\n');
    mkdirSync(join(directory, 'kafka', 'data'), { recursive: true });
    for (const need of ['postgres', 'kafka'] as const) {
      const start = startLocalServices({ directory, need: [need], ports: freePorts });
      await expect(start).rejects.toMatchObject({
        code: 'data-half-written',
        message: expect.stringContaining('npm start -- --fresh'),
      });
    }
  });

  it('when a data folder is of another PostgreSQL', async () => {
    const directory = join(root, 'older');
    mkdirSync(join(directory, 'postgres', 'data', 'global'), { recursive: true });
    for (const piece of ['data/global/pg_control', 'password']) {
      writeFileSync(join(directory, 'postgres', piece), '');
    }
    writeFileSync(join(directory, 'postgres/data/PG_VERSION'), '17\n');
    const start = startLocalServices({ directory, need: ['postgres'], ports: freePorts });
    await expect(start).rejects.toMatchObject({ code: 'data-of-other-version' });
  });

  it('when Java, then Maven, is missing', async () => {
    const directory = join(root, 'no-java');
    const lines = startedWith({ directory, need: ['kafka'] });
    const noJava = runApart(lines, { PATH: '/nowhere', JAVA_HOME: '' });
    expect(await noJava.ended).toMatch(/^java-missing .*apt-get install -y openjdk-17-jre/);
    const javaHome = fakeJava('17.0.1');
    const noMaven = { PATH: '/nowhere', JAVA_HOME: javaHome, ELEVNAV_CACHE: join(root, 'cache') };
    expect(await runApart(lines, noMaven).ended).toMatch(
      /^maven-missing .*apt-get install -y maven/,
    );
  });

  it('when Java is too old', async () => {
    process.env.JAVA_HOME = fakeJava('11.0.2');
    const directory = join(root, 'old-java');
    const start = startLocalServices({ directory, need: ['kafka'], ports: freePorts });
    await expect(start).rejects.toMatchObject({
      code: 'java-too-old',
      message: expect.stringContaining('this is 11'),
    });
    delete process.env.JAVA_HOME;
  });

  it('when a service that was not asked for is used', async () => {
    const directory = join(root, 'issuer-only');
    const only = await startLocalServices({ directory, need: ['issuer'], ports: freePorts });
    expect(() => only.kafka).toThrow('Add "kafka"');
    await only.stop();
  });
});

describe('services that the environment gives', () => {
  const variables = ['ELEVNAV_SERVICES', 'KAFKA_BROKERS', 'DATABASE_URL', 'OIDC_ISSUER'];
  let before: Record<string, string | undefined>;

  beforeAll(() => {
    before = Object.fromEntries(variables.map((name) => [name, process.env[name]]));
    Object.assign(process.env, services.environment, { ELEVNAV_SERVICES: 'env' });
  });

  afterAll(() => {
    for (const name of [...variables, ...Object.keys(services.environment)]) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  });

  it('are found, used as they are and never stopped', async () => {
    const found = await startLocalServices({ directory: join(root, 'given') });
    expect(found.environment).toEqual(services.environment);
    expect(found.kafka.how).toBe('env');
    const notOurs = { code: 'not-ours' };
    await expect(found.kafka.kill()).rejects.toMatchObject(notOurs);
    await expect(found.postgres.stop()).rejects.toMatchObject(notOurs);
    await expect(found.issuer.registerClient(vendor)).rejects.toMatchObject(notOurs);
    await found.stop();
    await expect(query('SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
  });

  it('are named when they do not answer, without the password', async () => {
    const url = new URL(services.postgres.url);
    url.password = 'wrong-password';
    process.env.DATABASE_URL = url.href;
    const start = startLocalServices({ directory: root, need: ['postgres'] });
    await expect(start).rejects.toMatchObject({
      code: 'not-answering',
      message: expect.not.stringContaining('wrong-password'),
    });
    process.env.KAFKA_BROKERS = '127.0.0.1:1';
    const kafka = startLocalServices({ directory: root, need: ['kafka'] });
    await expect(kafka).rejects.toMatchObject({ code: 'not-answering' });
  });
});

describe('a run that was killed', () => {
  it('takes its children with it, and the next one takes over its folder and data', async () => {
    const directory = join(root, 'killed');
    const { child, ended, said } = runApart(
      `${startedWith({ directory, need: ['postgres'] })} setInterval(() => undefined, 1000);`,
      {},
    );
    await eventually(() => said().includes('up'));
    const mark = JSON.parse(readFileSync(join(directory, 'postgres/process.json'), 'utf8')) as {
      pid: number;
    };
    expect(markOf(mark.pid)).toEqual(mark);
    child.kill('SIGKILL');
    await ended;
    const next = await startLocalServices({ directory, need: ['postgres'], ports: freePorts });
    expect(markOf(mark.pid)).toBeUndefined();
    await next.stop();
  });
});

describe('a caller that has locked the folder itself', () => {
  it('is called when the data is deleted and before anything starts, and keeps the lock', async () => {
    const directory = join(root, 'locked');
    const unlock = lockFolder(directory);
    mkdirSync(join(directory, 'kafka', 'data'), { recursive: true });
    const found: boolean[] = [hasData(directory)];
    const options = { directory, need: ['issuer'] as const, ports: freePorts, isLocked: true };
    const prepare = (): void => void found.push(hasData(directory));
    const only = await startLocalServices({ ...options, fresh: true, prepare });
    await only.stop();
    expect(found).toEqual([true, false]);
    expect(() => lockFolder(directory)).toThrow('Another Elevnav');
    const refuse = (): void => {
      throw new Error('not like this');
    };
    const refused = startLocalServices({ ...options, prepare: refuse });
    await expect(refused).rejects.toThrow('not like this');
    unlock();
    lockFolder(directory)();
  });
});

describe('a service that does not come up', () => {
  it('names the log that says why, and lets go of the folder', async () => {
    const directory = join(root, 'broken');
    const options = { directory, need: ['postgres'] as const, ports: freePorts };
    await startLocalServices(options).then((started) => started.stop());
    writeFileSync(join(directory, 'postgres/data/postgresql.conf'), 'no such setting');
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(startLocalServices(options)).rejects.toMatchObject({
        code: 'not-answering',
        message: expect.stringContaining(join(directory, 'postgres/postgres.log')),
      });
    }
  });
});

function fakeJava(version: string): string {
  const home = join(root, `java-${version}`);
  mkdirSync(join(home, 'bin'), { recursive: true });
  const script = `#!/bin/sh\necho 'openjdk version "${version}"' >&2\n`;
  writeFileSync(join(home, 'bin', 'java'), script, { mode: 0o755 });
  return home;
}
