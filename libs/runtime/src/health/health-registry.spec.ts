import { HealthRegistry } from './health-registry.js';

describe('the health of a stage', () => {
  it('is well while every check of that kind is', async () => {
    const health = new HealthRegistry();
    health.add('store', 'ready', () => ({ ok: true, detail: 'The store answers.' }));
    health.add('lanes', 'live', () => ({ ok: false, detail: 'A lane is dead; restart.' }));
    const ready = await health.report('ready');
    expect(ready).toMatchObject({ status: 'ok', checks: [{ name: 'store', ok: true }] });
    expect((await health.report('live')).status).toBe('failing');
  });

  it('says since when a check is what it is', async () => {
    let ok = true;
    const health = new HealthRegistry();
    health.add('store', 'ready', () => ({ ok, detail: '' }));
    const sinceNow = async (): Promise<string | undefined> => {
      const { checks } = await health.report('ready');
      await new Promise((resolve) => setTimeout(resolve, 3));
      return checks[0]?.since;
    };
    const first = await sinceNow();
    expect(await sinceNow()).toBe(first);
    ok = false;
    const changed = await sinceNow();
    expect(Date.parse(changed ?? '')).toBeGreaterThan(Date.parse(first ?? ''));
    expect(await sinceNow()).toBe(changed);
  });

  it('counts a check that fails itself, and does not tell strangers why', async () => {
    const health = new HealthRegistry();
    health.add('store', 'ready', () => {
      throw new TypeError('postgres://hub:hemlig@db refused');
    });
    const [check] = (await health.report('ready')).checks;
    expect(check).toMatchObject({ ok: false });
    expect(check?.detail).toBe('The check itself failed (TypeError); see the log.');
  });

  it('gives up on a check that hangs and does not start it again meanwhile', async () => {
    let started = 0;
    let finish = (): void => undefined;
    const health = new HealthRegistry();
    const hang = async (): Promise<{ ok: boolean; detail: string }> => {
      started += 1;
      await new Promise<void>((resolve) => (finish = resolve));
      return { ok: true, detail: 'The store answers.' };
    };
    health.add('store', 'ready', hang, { timeLimitMs: 5 });
    const reports = [await health.report('ready'), await health.report('ready')];
    expect(reports.map((report) => report.status)).toEqual(['failing', 'failing']);
    expect(reports[0]?.checks[0]?.detail).toBe('The check gave no answer within 5 ms.');
    expect(started).toBe(1);
    finish();
    await new Promise((resolve) => setImmediate(resolve));
    void health.report('ready');
    expect(started).toBe(2);
    finish();
  });

  it('has each name once, until it is taken away', () => {
    const health = new HealthRegistry();
    const check = (): { ok: boolean; detail: string } => ({ ok: true, detail: '' });
    const remove = health.add('store', 'ready', check);
    health.add('store', 'live', check);
    expect(() => health.add('store', 'ready', check)).toThrow('already a ready check');
    remove();
    expect(() => health.add('store', 'ready', check)).not.toThrow();
  });
});
