import { classifyError } from './classify-error.js';
import { stageStatements } from './stage-statements.js';
import { Unit } from './unit.js';

const LOST_RACE = Object.assign(new Error('deadlock detected'), { code: '40P01' });
const REFUSED = Object.assign(new Error('current transaction is aborted'), { code: '25P02' });

/** As PostgreSQL does: the first statement fails, and what is sent behind it is refused. */
function unitThatLoses(): Unit {
  let asked = 0;
  const audit = { append: () => Promise.resolve() };
  const session = { query: () => Promise.reject(asked++ === 0 ? LOST_RACE : REFUSED) };
  const stage = { name: 'spec', statements: stageStatements('spec'), audit };
  return new Unit(stage, session, new Date(), 1, () => {
    throw new Error('nothing is parked');
  });
}

const statement = { name: 'spec.any', text: '' };

describe('a unit in which a statement has failed', () => {
  it('fails with it, also in a later statement that somebody waits for', async () => {
    const unit = unitThatLoses();
    unit.write(statement, []);
    const later = await unit.query(statement, []).catch((error: unknown) => error);
    expect(later).toBe(LOST_RACE);
    expect(classifyError(later)).toBe('lost-race');
    await expect(unit.flush({ parkedToo: false })).rejects.toBe(LOST_RACE);
  });
});

describe('a unit in which something arrived', () => {
  const unitWhose = (woken: readonly { id: number }[]) => {
    const statements = stageStatements('spec');
    const session = {
      query: <Row>({ name }: { name: string }) =>
        Promise.resolve((name === statements.wakeAwaiting.name ? woken : []) as Row[]),
    };
    const stage = { name: 'spec', statements, audit: { append: () => Promise.resolve() } };
    return new Unit(stage, session, new Date(), 1, () => {
      throw new Error('nothing is parked');
    });
  };

  it.each([
    ['has woken what awaited it', [{ id: 1 }], true],
    ['has woken nothing, if nothing awaited it', [], false],
  ])('%s', async (_, woken, expected) => {
    const unit = unitWhose(woken);
    unit.arrived(['person skane.example/1']);
    await unit.flush({ parkedToo: true });
    expect(unit.hasWoken).toBe(expected);
  });
});
