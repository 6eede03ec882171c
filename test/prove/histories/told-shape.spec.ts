import { nationalId } from '#canonical';
import { toldFaults } from '../../../apps/publish/test/told-faults.js';
import { dayNumber } from './history.js';
import { HubInMemory } from './hub-in-memory.js';
import { inventHistory } from './invent-history.js';
import { FIRST_DAY } from './world.js';

/** A few of the histories that `npm run prove -- histories` tells by the hundred thousand. */
const RUNS = 150;

it('whatever schools say, what huvudmän are told is in docs/schemas/told.json', async () => {
  const entities = new Set<string>();
  for (let number = 1; number <= RUNS; number++) {
    const hub = await HubInMemory.open(dayNumber(FIRST_DAY));
    for (const step of inventHistory(number).steps) {
      if (step.is === 'told') hub.hear(step.telling);
      else if (step.is === 'done') hub.give(step.deed);
      else hub.pass(step.days, () => undefined);
    }
    for (const { type } of hub.told) entities.add(type.split('.')[2]!);
    expect(hub.told.map(withUuids).flatMap(toldFaults)).toEqual([]);
  }
  for (const entity of ['person', 'enrolment', 'access', 'test'])
    expect(entities).toContain(entity);
});

/** The hub in memory has ids of its own kind. */
function withUuids({ type, data }: { readonly type: string; readonly data: object }) {
  const isId = (name: string) => name === 'id' || name === 'entry';
  const read = (name: string, value: unknown): unknown =>
    isId(name) && typeof value === 'string' ? nationalId(value) : value;
  return { type, data: JSON.parse(JSON.stringify(data), read) as object };
}
