import { Acknowledgements } from './acknowledgements.js';

const START_MS = Date.parse('2026-11-22T08:30:00Z');
const SECOND_MS = 1_000;
const AWAY = new Error('no broker');

/** A producer's acknowledgements, by a clock that goes on when it is told to. */
function watched() {
  let nowMs = START_MS;
  const acknowledgements = new Acknowledgements(() => nowMs);
  return {
    isOk: () => acknowledgements.health.ok,
    says: () => acknowledgements.health.says,
    pass: (seconds: number) => (nowMs += seconds * SECOND_MS),
    refuse: () => acknowledgements.refuse(),
    /** @returns what settles the request. */
    send: () => {
      let settle = (_error?: Error): void => undefined;
      const request = new Promise<void>((resolve, reject) => {
        settle = (error) => (error ? reject(error) : resolve());
      });
      const followed = acknowledgements.follow(request).catch(() => undefined);
      return async (error?: Error) => {
        settle(error);
        await followed;
      };
    },
  };
}

describe('what Kafka acknowledges', () => {
  it('is well before anything was sent, and however long ago the last acknowledgement was', async () => {
    const { isOk, says, pass, send } = watched();
    expect(isOk()).toBe(true);
    await send()();
    pass(3_600);
    expect(isOk()).toBe(true);
    expect(says()).toBe('Kafka acknowledged last at 2026-11-22T08:30:00.000Z.');
  });

  it('is not well once the oldest request has waited for more than some seconds, and says since when and what to do', async () => {
    const { isOk, says, pass, send } = watched();
    const settle = send();
    pass(10);
    expect(isOk()).toBe(true);
    pass(1);
    expect(isOk()).toBe(false);
    expect(says()).toMatch(/since 2026-11-22T08:30:00\.000Z: mend it .*disk room/);
    await settle();
    expect(isOk()).toBe(true);
  });

  it('is not well while later requests are acknowledged and the oldest still waits', async () => {
    const { isOk, pass, send } = watched();
    const settle = send();
    pass(11);
    await send()();
    expect(isOk()).toBe(false);
    await settle();
    expect(isOk()).toBe(true);
  });

  it('forgives a failure that an acknowledgement follows within some seconds', async () => {
    const { isOk, pass, send } = watched();
    await send()(AWAY);
    pass(5);
    expect(isOk()).toBe(true);
    await send()();
    pass(60);
    expect(isOk()).toBe(true);
  });

  it('fails since the first request that nothing was acknowledged after, until one is', async () => {
    const { isOk, says, pass, send } = watched();
    pass(1);
    for (let sign = 0; sign < 20; sign++) {
      const settle = send();
      pass(2);
      await settle(AWAY);
      pass(5);
    }
    expect(isOk()).toBe(false);
    expect(says()).toContain('since 2026-11-22T08:30:01.000Z');
    await send()();
    expect(isOk()).toBe(true);
  });

  it('fails since the last acknowledgement where that came while the request was waiting', async () => {
    const { says, pass, send } = watched();
    const first = send();
    pass(4);
    await send()();
    pass(11);
    await first(AWAY);
    expect(says()).toContain('since 2026-11-22T08:30:04.000Z');
  });

  it('counts what was refused since too much waits', () => {
    const { isOk, pass, refuse } = watched();
    refuse();
    pass(5);
    refuse();
    pass(6);
    expect(isOk()).toBe(false);
  });

  it('lets a failure lapse where nobody has sent since: otherwise who is given no work would never be given any again', async () => {
    const { isOk, pass, send } = watched();
    await send()(AWAY);
    pass(30);
    expect(isOk()).toBe(false);
    pass(1);
    expect(isOk()).toBe(true);
    const settle = send();
    pass(5);
    await settle(AWAY);
    expect(isOk()).toBe(true);
    pass(6);
    expect(isOk()).toBe(false);
  });
});
