import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { HubError } from './hub-error.js';
import { HUB_STAGES } from './hub-stages.js';
import type { StagePorts } from './hub.config.js';
import { settlePorts, tellRefused } from './settle-ports.js';

const ANY_PORT = Object.fromEntries(HUB_STAGES.map((stage) => [stage, 0])) as StagePorts;

describe('the ports of the stages', () => {
  it('are as many as there are stages when any free one will do', async () => {
    const ports = Object.values(await settlePorts('127.0.0.1', ANY_PORT));
    expect(new Set(ports).size).toBe(HUB_STAGES.length);
    expect(ports).not.toContain(0);
  });

  it('are called taken when another program listens there', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const settled = settlePorts('127.0.0.1', { ...ANY_PORT, ingest: port });
    await expect(settled).rejects.toThrow(
      `Ports are taken: ${port} (ELEVNAV_INGEST_PORT). Stop the program that uses them`,
    );
    server.close();
  });

  it('are not called taken when the machine lacks the address', async () => {
    // RFC 5737: an address of documentation, which no machine has.
    const settled = settlePorts('192.0.2.1', ANY_PORT, ['ingest']);
    await expect(settled).rejects.toThrow(HubError);
    await expect(settled).rejects.toThrow(
      'Ports of 192.0.2.1 cannot be listened on (EADDRNOTAVAIL): 0 (ELEVNAV_INGEST_PORT).',
    );
  });

  it('are told apart by why they cannot be had', () => {
    const told = tellRefused('127.0.0.1', [
      { stage: 'dashboard', port: 80, code: 'EACCES' },
      { stage: 'ingest', port: 8081, code: 'EADDRINUSE' },
      { stage: 'publish', port: 82, code: 'EACCES' },
    ]);
    expect(told).toBe(
      'Ports are not for this user: 80 (ELEVNAV_DASHBOARD_PORT), 82 (ELEVNAV_PUBLISH_PORT). Set the variables in brackets to ports from 1024 on. Ports are taken: 8081 (ELEVNAV_INGEST_PORT). Stop the program that uses them, or set the variables in brackets to other ports.',
    );
  });
});
