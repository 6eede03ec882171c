import { dayNumber } from '../history.js';
import { inventHistory } from '../invent-history.js';
import { standingPersons, type StandingPerson } from '../settled-state.js';
import { FIRST_DAY } from '../world.js';
import { Life, type Found } from './life.js';
import { ownHistory } from './own-history.js';
import type { FeedMessage } from './told-form.js';

const LAST_DAY = dayNumber(FIRST_DAY) + 60;

async function lived(): Promise<Life> {
  const history = inventHistory(2);
  const life = await Life.begin(3, history, ownHistory(history, 3));
  for (let day = dayNumber(FIRST_DAY); day <= LAST_DAY; day++) {
    if (day > dayNumber(FIRST_DAY)) life.twin.passDay();
    for (const act of life.actsOn(day)) {
      if (act.is === 'told') life.hear(act.telling);
      else life.twin.give(act.deed);
    }
  }
  return life;
}

/** What the stores would give back if they held what the twin holds. */
function foundAs({ twin: { hub } }: Life): { persons: StandingPerson[]; parked: string[] } {
  const text = JSON.stringify(standingPersons(hub));
  return {
    persons: JSON.parse(text) as StandingPerson[],
    parked: hub.parkedTellings.map(({ id }) => id),
  };
}

function toldAs({ twin }: Life): FeedMessage[] {
  return JSON.parse(JSON.stringify(twin.told)) as FeedMessage[];
}

describe('a history on real services', () => {
  it('does not differ from its twin in memory when it came to the same', async () => {
    const life = await lived();
    life.compare(LAST_DAY, foundAs(life));
    life.compareTold(LAST_DAY, toldAs(life));
    expect(life.difference).toBeUndefined();
  });

  it('differs when anything in register, access or parking lot does', async () => {
    const faults: ((found: ReturnType<typeof foundAs>) => Found)[] = [
      ({ persons, parked }) => ({ persons: persons.slice(1), parked }),
      ({ persons, parked }) => {
        const [first, ...rest] = persons;
        return { persons: [{ ...first!, access: undefined }, ...rest], parked };
      },
      ({ persons, parked }) => ({ persons, parked: [...parked, 'history-3-said-1'] }),
    ];
    for (const fault of faults) {
      const life = await lived();
      life.compare(LAST_DAY, fault(foundAs(life)));
      expect(life.difference).toMatchObject({ day: LAST_DAY });
    }
  });

  it('differs when a huvudman was told less, or in another order', async () => {
    const life = await lived();
    const told = toldAs(life);
    expect(told.length).toBeGreaterThan(1);
    life.compareTold(LAST_DAY, told.slice(1));
    expect(life.difference?.says).toContain('told to huvudmän');
    const other = await lived();
    other.compareTold(LAST_DAY, toldAs(other).reverse());
    expect(other.difference).toBeDefined();
  });
});
