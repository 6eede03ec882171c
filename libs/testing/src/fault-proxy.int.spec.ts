import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { eventually } from './eventually.js';
import { startFaultProxy, type FaultProxy } from './fault-proxy.js';

/** A server that sends back what it gets, with the ends of it. */
async function echo(): Promise<{ server: Server; port: number }> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as { port: number }).port };
}

describe('a TCP fault proxy', () => {
  let target: { server: Server; port: number };
  let proxy: FaultProxy;

  const open = async (): Promise<{ socket: Socket; read: () => string; ended: () => boolean }> => {
    const socket = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
    let text = '';
    let isEnded = false;
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => (text += part));
    socket.on('error', () => undefined);
    socket.on('close', () => (isEnded = true));
    await once(socket, 'connect');
    return { socket, read: () => text, ended: () => isEnded };
  };

  beforeEach(async () => {
    target = await echo();
    proxy = await startFaultProxy({ target: { port: target.port }, random: () => 0.5 });
  });
  afterEach(async () => {
    await proxy.stop();
    target.server.close();
  });

  it('passes everything on, both ways, to the end', async () => {
    const { socket, read, ended } = await open();
    const sent = 'a'.repeat(5_000_000) + 'z';
    socket.end(sent);
    await eventually(() => expect(ended()).toBe(true));
    expect(read()).toBe(sent);
    await eventually(() => expect(proxy.connections).toBe(0));
  });

  it('delays each way and keeps the order', async () => {
    proxy.set({ delayMs: 100 });
    const { socket, read } = await open();
    const startedMs = performance.now();
    socket.write('one ');
    socket.write('two');
    await eventually(() => expect(read()).toBe('one two'));
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(195);
    expect(proxy.heldBack).toBeGreaterThanOrEqual(2);
  });

  it('holds everything back as a black hole, and gives it when healed', async () => {
    const { socket, read } = await open();
    proxy.set({ isBlackHole: true });
    socket.write('held');
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(read()).toBe('');
    proxy.set({});
    await eventually(() => expect(read()).toBe('held'));
  });

  it('passes on in slices with pauses', async () => {
    proxy.set({ sliceBytes: 2, slicePauseMs: 20 });
    const { socket, read } = await open();
    const startedMs = performance.now();
    socket.write('abcdefgh');
    await eventually(() => expect(read()).toBe('abcdefgh'));
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(55);
  });

  it('resets all connections at once, and takes new ones', async () => {
    const connections = [await open(), await open()];
    await eventually(() => expect(proxy.connections).toBe(2));
    expect(proxy.closeConnections()).toBe(2);
    await eventually(() => expect(connections.every(({ ended }) => ended())).toBe(true));
    const again = await open();
    again.socket.write('again');
    await eventually(() => expect(again.read()).toBe('again'));
  });

  it('ends the connection of a caller whose target is not there', async () => {
    await new Promise((resolve) => target.server.close(resolve));
    const { ended } = await open();
    await eventually(() => expect(ended()).toBe(true));
  });
});
