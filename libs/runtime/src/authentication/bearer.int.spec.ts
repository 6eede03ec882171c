import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, Get, Module } from '@nestjs/common';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import { bootStage, type BootedStage } from '../boot/boot-stage.js';
import { Log } from '../log/log.js';
import { AuthenticationModule } from './authentication.module.js';
import { CurrentPrincipal } from './current-principal.js';
import type { Principal } from './principal.js';
import { Public, Scopes } from './route-access.js';

const AUDIENCE = 'urn:elevnav:hub';

@Controller('v1')
class FeedController {
  @Get('feed')
  @Scopes('feed:read')
  feed(@CurrentPrincipal() principal: Principal): Principal {
    return principal;
  }

  @Get('both')
  @Scopes('feed:read', 'admin:read')
  both(): string {
    return 'both';
  }

  @Get('admin')
  @Scopes('admin:read')
  admin(): string {
    return 'admin';
  }

  @Get('settings')
  @Scopes('settings:write')
  settings(): string {
    return 'settings';
  }

  @Get('commands')
  @Scopes('admin:command')
  commands(): string {
    return 'commands';
  }

  @Get('open')
  @Public()
  open(): string {
    return 'open';
  }

  @Get('forgotten')
  forgotten(): string {
    return 'never';
  }
}

@Module({ imports: [AuthenticationModule.register()], controllers: [FeedController] })
class FeedModule {}

@Module({ controllers: [FeedController] })
class UnguardedModule {}

interface Pair {
  readonly kid: string;
  readonly algorithm: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/** A real issuer's public side: discovery and keys over HTTP, which can go away. */
class Issuer {
  readonly pairs: Pair[] = [];
  isAway = false;
  keyRequests = 0;
  private server: Server;

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      void this.answer(request.url ?? '').then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async addKey(algorithm: string, kid: string): Promise<void> {
    const pair = await generateKeyPair(algorithm, { extractable: true });
    this.pairs.push({ ...pair, algorithm, kid });
  }

  async token(claims: JWTPayload = {}, header: Record<string, unknown> = {}): Promise<string> {
    const pair = this.pair(typeof header.kid === 'string' ? header.kid : 'es');
    const now = Math.floor(Date.now() / 1_000);
    return new SignJWT({
      iss: this.url,
      aud: AUDIENCE,
      sub: 'register-1',
      client_id: 'register-1',
      scope: 'feed:read unheard:of',
      iat: now,
      exp: now + 300,
      ...claims,
    })
      .setProtectedHeader({ alg: pair.algorithm, kid: pair.kid, typ: 'at+jwt', ...header })
      .sign(pair.privateKey);
  }

  pair(kid: string): Pair {
    const pair = this.pairs.find((candidate) => candidate.kid === kid);
    if (pair === undefined) throw new Error(`The spec has no key ${kid}.`);
    return pair;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(path: string): Promise<{ status: number; body: object }> {
    if (this.isAway) return { status: 500, body: {} };
    if (path === '/.well-known/openid-configuration') {
      return { status: 200, body: { issuer: this.url, jwks_uri: `${this.url}/keys` } };
    }
    this.keyRequests += 1;
    const published = this.pairs.filter((pair) => pair.kid !== 'stranger');
    const keys = published.map(async ({ publicKey, kid, algorithm }) => ({
      ...(await exportJWK(publicKey)),
      kid,
      alg: algorithm,
      use: 'sig',
    }));
    return { status: 200, body: { keys: await Promise.all(keys) } };
  }
}

const silent = Log.create({ stage: 'publish', level: 'silent' });
const issuer = new Issuer();
const booted: BootedStage[] = [];

async function boot(
  root = FeedModule as new () => object,
  issuerUrl = issuer.url,
): Promise<string> {
  const environment = {
    HTTP_PORT: '0',
    OIDC_ISSUER: issuerUrl,
    OIDC_AUDIENCE: AUDIENCE,
    OIDC_ALGORITHMS: 'ES256,PS256,EdDSA',
    OIDC_CLOCK_TOLERANCE_SECONDS: '2',
  };
  const options = { stage: 'publish', environment, log: silent, ownsProcess: false };
  const stage = await bootStage(root, options);
  booted.push(stage);
  return stage.url;
}

async function get(url: string, token?: string): Promise<{ response: Response; body: unknown }> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: token };
  const response = await fetch(url, { headers });
  const text = await response.text();
  return { response, body: text.startsWith('{') ? (JSON.parse(text) as unknown) : text };
}

function unsigned(header: object, claims: object): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  return `${encode(header)}.${encode(claims)}.`;
}

let url: string;

beforeAll(async () => {
  await issuer.start();
  await issuer.addKey('ES256', 'es');
  await issuer.addKey('PS256', 'ps');
  await issuer.addKey('EdDSA', 'ed');
  await issuer.addKey('RS256', 'rs');
  await issuer.addKey('ES256', 'stranger');
  url = await boot();
});

afterAll(async () => {
  await Promise.all(booted.map(async (stage) => stage.stop()));
  await issuer.stop();
});

describe('a caller with a good token', () => {
  it.each(['es', 'ps', 'ed'])('is let in and known: signed by %s', async (kid) => {
    const token = await issuer.token({ huvudman: 'h1', acr: 'loa3', role: 'rektor' }, { kid });
    const { response, body } = await get(`${url}/v1/feed`, `Bearer ${token}`);
    expect(response.status).toBe(200);
    expect(body).toMatchObject({
      clientId: 'register-1',
      subject: 'register-1',
      scopes: ['feed:read'],
      huvudman: 'h1',
      acr: 'loa3',
      role: 'rektor',
    });
  });

  it('may have its scopes as a list, and its client in azp', async () => {
    const token = await issuer.token({
      client_id: undefined,
      azp: 'portal',
      sub: undefined,
      scope: undefined,
      scp: ['feed:read', 'admin:read'],
    });
    const { response } = await get(`${url}/v1/both`, `bearer ${token}`);
    expect(response.status).toBe(200);
    const { body } = await get(`${url}/v1/feed`, `Bearer ${token}`);
    expect(body).toMatchObject({ clientId: 'portal', subject: 'portal' });
  });

  it('costs the issuer one request for its keys, not one a token', async () => {
    const before = issuer.keyRequests;
    for (let count = 0; count < 5; count += 1) {
      await get(`${url}/v1/feed`, `Bearer ${await issuer.token({ jti: String(count) })}`);
    }
    expect(issuer.keyRequests).toBe(before);
    expect(before).toBeGreaterThan(0);
  });
});

describe('a token that is not good', () => {
  const seconds = (fromNow: number): number => Math.floor(Date.now() / 1_000) + fromNow;
  const good = { iss: 'x', aud: AUDIENCE, client_id: 'c', exp: seconds(300) };
  const hmacHeader = { alg: 'HS256', kid: 'es', typ: 'at+jwt' };
  const cases: [string, () => string | Promise<string>, string][] = [
    ['without signature', () => unsigned({ alg: 'none', typ: 'at+jwt' }, good), 'algorithm'],
    ['by an algorithm not accepted', () => issuer.token({}, { kid: 'rs' }), 'algorithm'],
    ['by a shared secret', () => `${unsigned(hmacHeader, good)}c2lnbmF0dXJl`, 'algorithm'],
    ['for another audience', () => issuer.token({ aud: 'urn:other' }), 'another aud'],
    ['of another issuer', () => issuer.token({ iss: 'https://issuer.example' }), 'another iss'],
    ['that has expired', () => issuer.token({ exp: seconds(-10) }), 'has expired'],
    ['that is not valid yet', () => issuer.token({ nbf: seconds(60) }), 'not valid yet'],
    ['that never expires', () => issuer.token({ exp: undefined }), 'lacks the claim exp'],
    ['without audience', () => issuer.token({ aud: undefined }), 'lacks the claim aud'],
    ['that names its key set', () => issuer.token({}, { jku: `${issuer.url}/keys` }), 'header jku'],
    ['that brings its key', () => issuer.token({}, { jwk: { kty: 'EC' } }), 'header jwk'],
    [
      'that names its certificate',
      () => issuer.token({}, { x5u: 'https://a.example' }),
      'header x5u',
    ],
    ['by an unknown key', () => issuer.token({}, { kid: 'stranger' }), 'unknown key'],
    ['with another content', async () => tampered(await issuer.token()), 'signature'],
    [
      'that is an ID of a log-out',
      () => issuer.token({}, { typ: 'logout+jwt' }),
      'no access token',
    ],
    ['bound to a key', () => issuer.token({ cnf: { jkt: 'x' } }), 'bound to a key'],
    ['without a client', () => issuer.token({ client_id: undefined }), 'client_id'],
    ['for no huvudman in particular', () => issuer.token({ huvudman: '' }), 'claim huvudman'],
    ['for several huvudmän', () => issuer.token({ huvudman: ['h1', 'h2'] }), 'claim huvudman'],
    ['for a huvudman that is null', () => issuer.token({ huvudman: null }), 'claim huvudman'],
    ['that is no JWT', () => 'abc', 'not a signed JWT'],
    ['that is too long', () => issuer.token({ more: 'x'.repeat(9_000) }), 'too long'],
  ];

  function tampered(token: string): string {
    const [header, claims, signature] = token.split('.');
    const changed = Buffer.from(claims ?? '', 'base64url')
      .toString()
      .replace('feed:', 'full:');
    return [header, Buffer.from(changed).toString('base64url'), signature].join('.');
  }

  it.each(cases)('is refused: %s', async (_, make, reason) => {
    const token = await make();
    const { response, body } = await get(`${url}/v1/feed`, `Bearer ${token}`);
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer .*error="invalid_token"/);
    expect(body).toMatchObject({ type: 'urn:elevnav:problem:token-invalid', status: 401 });
    expect((body as { detail: string }).detail).toMatch(reason);
  });

  it.each([undefined, '', 'Basic YTpi', 'Bearer', 'Bearer a b'])(
    'is asked for when there is none: %p',
    async (authorization) => {
      const { response, body } = await get(`${url}/v1/feed`, authorization);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="elevnav"');
      expect(body).toMatchObject({ type: 'urn:elevnav:problem:token-missing' });
    },
  );

  it('is not taken from the address', async () => {
    const { response } = await get(`${url}/v1/feed?access_token=${await issuer.token()}`);
    expect(response.status).toBe(401);
  });
});

describe('a route', () => {
  it('names the scope that is lacking', async () => {
    const { response, body } = await get(`${url}/v1/both`, `Bearer ${await issuer.token()}`);
    expect(response.status).toBe(403);
    expect(response.headers.get('www-authenticate')).toMatch('error="insufficient_scope"');
    expect(body).toMatchObject({
      type: 'urn:elevnav:problem:scope-missing',
      scopesMissing: ['admin:read'],
      detail: 'Ask the issuer for an access token that also has the scope admin:read.',
    });
  });

  it('of the hub’s operator refuses a token that acts for one huvudman, and says whom to ask', async () => {
    const scope = 'admin:read settings:write admin:command feed:read';
    const operators = `Bearer ${await issuer.token({ scope })}`;
    const huvudmans = `Bearer ${await issuer.token({ scope, huvudman: 'h1' })}`;
    for (const path of ['admin', 'both', 'settings']) {
      expect((await get(`${url}/v1/${path}`, operators)).response.status).toBe(200);
      const { response, body } = await get(`${url}/v1/${path}`, huvudmans);
      expect(response.status).toBe(403);
      expect(body).toMatchObject({
        type: 'urn:elevnav:problem:operator-only',
        detail: expect.stringContaining('ask the operator of the hub') as string,
      });
    }
    for (const path of ['commands', 'feed']) {
      expect((await get(`${url}/v1/${path}`, huvudmans)).response.status).toBe(200);
    }
  });

  it('is open to anyone only when it says so', async () => {
    expect((await get(`${url}/v1/open`)).response.status).toBe(200);
    const { response, body } = await get(`${url}/v1/forgotten`, `Bearer ${await issuer.token()}`);
    expect(response.status).toBe(403);
    expect(body).toMatchObject({ type: 'urn:elevnav:problem:route-closed' });
  });

  it('with scopes is closed in a stage without authentication', async () => {
    const unguarded = await boot(UnguardedModule);
    const { response } = await get(`${unguarded}/v1/feed`, `Bearer ${await issuer.token()}`);
    expect(response.status).toBe(403);
    expect((await get(`${unguarded}/v1/open`)).response.status).toBe(200);
  });
});

describe('an issuer that is away', () => {
  it('is waited for: 503 with Retry-After, and the known tokens still work', async () => {
    const fresh = await boot();
    const known = await issuer.token({ jti: 'known' });
    expect((await get(`${url}/v1/feed`, `Bearer ${known}`)).response.status).toBe(200);
    issuer.isAway = true;
    const { response, body } = await get(`${fresh}/v1/feed`, `Bearer ${known}`);
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(body).toMatchObject({ type: 'urn:elevnav:problem:issuer-unavailable' });
    expect((await get(`${url}/v1/feed`, `Bearer ${known}`)).response.status).toBe(200);
    issuer.isAway = false;
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    expect((await get(`${fresh}/v1/feed`, `Bearer ${known}`)).response.status).toBe(200);
  });

  it('is not believed when its discovery names another issuer', async () => {
    const other = `${issuer.url}/`;
    const { response } = await get(
      `${await boot(FeedModule, other)}/v1/feed`,
      `Bearer ${await issuer.token({ iss: other })}`,
    );
    expect(response.status).toBe(503);
  });

  it('is not asked over plain http on another machine', async () => {
    await expect(boot(FeedModule, 'http://issuer.example')).rejects.toThrow('OIDC_ALLOW_HTTP');
  });

  it('is a fault of the configuration when it is not set', async () => {
    const options = { stage: 'publish', log: silent, ownsProcess: false };
    const environment = { HTTP_PORT: '0' };
    await expect(bootStage(FeedModule, { ...options, environment })).rejects.toThrow(
      /OIDC_ISSUER is not set.*\n.*OIDC_AUDIENCE is not set/,
    );
  });
});
