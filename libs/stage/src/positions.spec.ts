import type { Database } from '#database';
import type { KafkaConnection } from '#kafka';
import { Positions } from './positions.js';
import { stageStatements } from './stage-statements.js';

const LANE = { topic: 'source.elevregister', partition: 0 };
const HALTED = 'the log has lost records';

describe('a lane that stands still', () => {
  it('stays so for a batch that comes while Kafka has not yet said which cluster it is', async () => {
    const row = { ...LANE, next_offset: 7, cluster: 'ours', halted: HALTED };
    const cluster = Promise.withResolvers<string>();
    const positions = new Positions({
      stage: 'normalise',
      database: { read: () => Promise.resolve([row]) } as unknown as Database,
      connection: {} as KafkaConnection,
      statements: stageStatements('normalise'),
      clusterId: () => cluster.promise,
      onNamedLoss: () => undefined,
    });
    const takenUp = positions.takeUp([LANE]);
    await new Promise(setImmediate);
    const asBatch = positions
      .of(LANE)
      .then((next) => ({ next, refusal: positions.refusalOf(LANE) }));
    await new Promise(setImmediate);
    cluster.resolve('ours');
    expect(await asBatch).toEqual({ next: 7, refusal: HALTED });
    expect(await takenUp).toEqual([]);
  });
});
