import { ADAPTERS } from '#adapters';
import { readMix } from './invent-events.js';

const ROUNDS = 20_000;

/** What the checks of one event cost at the door and in the translation together, in microseconds: the median of five. */
export function measureValidation(): number {
  const adapter = ADAPTERS.find(({ name }) => name === 'ss12000-attendance')!;
  const { absence } = readMix();
  const id = '3f0c4a58-5d53-5a86-9d07-0d1e7f1a2b3c';
  const at = '2026-11-20T07:30:00.000Z';
  const data = {
    ...absence,
    id,
    meta: { created: at, modified: at },
    student: { id },
    organisation: { id },
  };
  const type = 'ss12000.absence.reported';
  const once = () => {
    const admission = adapter.admit({ type, data });
    if (!admission.ok) throw new Error('The benchmark’s event was refused.');
    adapter.translate({ type, data: admission.data });
  };
  for (let i = 0; i < ROUNDS; i++) once();
  const times = Array.from({ length: 5 }, () => {
    const started = performance.now();
    for (let i = 0; i < ROUNDS; i++) once();
    return ((performance.now() - started) * 1_000) / ROUNDS;
  });
  return Math.round(times.sort((a, b) => a - b)[2]! * 100) / 100;
}
