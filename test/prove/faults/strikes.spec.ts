import type { LocalServices } from '#local-services';
import { SeededRandom } from '#testing';
import { killBroker } from './acts.js';
import type { Battlefield } from './battlefield.js';
import { planStrikes, strikeAll, type FaultKind } from './strikes.js';

const field = { random: new SeededRandom(1) } as Battlefield;

function strike(kind: FaultKind, hits: boolean) {
  return { kind, act: () => Promise.resolve(hits) };
}

function around(kinds: readonly FaultKind[], ...inFlight: number[]) {
  const witness = { inFlight: () => Promise.resolve(inFlight.shift() ?? 1) };
  return { witness, kinds, duringMs: 0, say: () => undefined };
}

describe('the strikes of the proof of faults', () => {
  it('count with what was in flight at each, in their order', async () => {
    const plan = [strike('stageKill', true), strike('brokerKill', true), strike('stageKill', true)];
    const report = await strikeAll(plan, field, around(['stageKill', 'brokerKill'], 30, 7, 20));
    expect(report).toEqual({
      faults: { stageKill: 2, brokerKill: 1 },
      inFlight: { stageKill: [30, 20], brokerKill: [7] },
      faulty: [],
    });
  });

  it('do not count when there was nothing to strike, and a kind that never struck is named', async () => {
    const plan = [strike('stageKill', true), strike('stageKill', false), strike('brokerKill', false)]; // prettier-ignore
    const kinds = ['stageKill', 'brokerKill', 'connectionClose'] as const;
    const report = await strikeAll(plan, field, around(kinds));
    expect(report.faults).toEqual({ stageKill: 1 });
    expect(report.faulty).toEqual([
      'stageKill found nothing to strike',
      'brokerKill found nothing to strike',
      'brokerKill never struck',
      'connectionClose never struck',
    ]);
  });

  it('kill every stage, the dashboard too', () => {
    expect(planStrikes(new SeededRandom(2), ['stageKill'])).toHaveLength(5);
  });

  it('find no broker where none runs', async () => {
    const kafka = {
      pid: () => undefined,
      kill: () => Promise.resolve(),
      start: () => Promise.resolve(),
    };
    const services = { kafka } as unknown as LocalServices;
    expect(await killBroker({ services })).toBe(false);
  });
});
