import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSilentServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { dockerAnswers } from './docker-engine.js';

describe('a Docker engine', () => {
  it('is there when it answers at its socket', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'elevnav-docker-'));
    const path = join(folder, 'docker.sock');
    const engine = createServer((_request, response) => response.end('OK')).listen(path);
    await once(engine, 'listening');
    await expect(dockerAnswers(`unix://${path}`)).resolves.toBe(true);
    engine.close();
    engine.closeAllConnections();
    await expect(dockerAnswers(`unix://${path}`)).resolves.toBe(false);
    rmSync(folder, { recursive: true });
  });

  it('counts as absent when it takes more than a second', async () => {
    const engine = createSilentServer().listen(0, '127.0.0.1');
    await once(engine, 'listening');
    const before = Date.now();
    const { port } = engine.address() as AddressInfo;
    await expect(dockerAnswers(`tcp://127.0.0.1:${port}`)).resolves.toBe(false);
    expect(Date.now() - before).toBeGreaterThanOrEqual(990);
    expect(Date.now() - before).toBeLessThan(3_000);
    engine.close();
  });
});
