import type { Database } from '#database';
import type { KafkaConnection, Lane, LaneVerdict } from '#kafka';
import type { StageStatements } from './stage-statements.js';

interface PositionRow extends Lane {
  next_offset: number;
  cluster: string;
  /** Why the lane must not go on until a person has decided; null when it may. */
  halted: string | null;
}

export interface PositionsOptions {
  readonly stage: string;
  readonly database: Database;
  readonly connection: KafkaConnection;
  readonly statements: StageStatements;
  readonly clusterId: () => Promise<string>;
  readonly onNamedLoss: (lane: Lane, from: number, to: number) => void;
}

/**
 * Where each lane goes on: the stored position, which moved in the transaction that stored the effects. What this process believes is
 * kept beside it, so that the usual batch needs no query of its own; the transaction checks it.
 */
export class Positions {
  private readonly believed = new Map<string, number>();
  private readonly refused = new Map<string, string>();
  private readonly sought = new Map<string, number>();

  constructor(private readonly options: PositionsOptions) {}

  /** Reads the positions of newly assigned lanes. Called again after every rebalance. */
  async takeUp(lanes: readonly Lane[]): Promise<readonly (Lane & { offset: number })[]> {
    for (const lane of lanes) this.believed.delete(keyOf(lane));
    const cluster = await this.options.clusterId();
    const rows = await this.rows(lanes);
    const goOn: (Lane & { offset: number })[] = [];
    for (const lane of lanes) {
      const row = rows.get(keyOf(lane)) ?? (await this.make(lane));
      this.believe(lane, row, cluster);
      if (this.refusalOf(lane) === undefined) goOn.push({ ...lane, offset: row.next_offset });
    }
    return goOn;
  }

  /** The position of a lane. One that was never read begins where its log begins, whatever the broker remembers of the group. */
  async of(lane: Lane): Promise<number> {
    const believed = this.believed.get(keyOf(lane));
    if (believed !== undefined) return believed;
    const cluster = await this.options.clusterId();
    const row = (await this.rows([lane])).get(keyOf(lane)) ?? (await this.make(lane));
    this.believe(lane, row, cluster);
    return row.next_offset;
  }

  /** Why a lane must not go on from its position; undefined when it may. */
  refusalOf(lane: Lane): string | undefined {
    return this.refused.get(keyOf(lane));
  }

  async reload(lane: Lane): Promise<number> {
    this.believed.delete(keyOf(lane));
    return this.of(lane);
  }

  stored(lane: Lane, next: number): void {
    this.believed.set(keyOf(lane), next);
    this.sought.delete(keyOf(lane));
  }

  /** Having sought to the position and still being handed a later record shows that the log has a hole there (control records). */
  isHole(lane: Lane, known: number): boolean {
    return this.sought.get(keyOf(lane)) === known;
  }

  /** A batch starts above the position: read again from there, unless the log no longer has it. */
  async resolveGap(lane: Lane, known: number): Promise<LaneVerdict> {
    const marks = await this.marks(lane).catch(() => undefined);
    if (!marks) return { kind: 'seek', offset: known };
    if (known > marks.high) return this.halt(lane);
    if (known >= marks.low) {
      this.sought.set(keyOf(lane), known);
      return { kind: 'seek', offset: known };
    }
    this.options.onNamedLoss(lane, known, marks.low);
    await this.moveTo(lane, known, marks.low);
    return { kind: 'seek', offset: marks.low };
  }

  /**
   * A batch ends at or below the position: the consumer had not been moved there yet, or the log does not reach so far any more, and
   * Kafka sent the consumer back to the log's beginning. What is written now would lie below the position, and be passed over unseen.
   */
  async resolveReturn(lane: Lane, known: number): Promise<LaneVerdict> {
    const marks = await this.marks(lane).catch(() => undefined);
    if (marks && known > marks.high) return this.halt(lane);
    return { kind: 'seek', offset: known };
  }

  /** Whether a record of the topics that was written before an instant has not been handled yet, by whichever process. */
  async isBefore(topics: readonly string[], instant: Date): Promise<boolean> {
    const rows = await this.rows(topics.map((topic) => ({ topic, partition: 0 })));
    for (const topic of topics) {
      for (const { partition, offset } of await this.options.connection.offsetsSince(
        topic,
        instant,
      )) {
        if ((rows.get(keyOf({ topic, partition }))?.next_offset ?? 0) < offset) return true;
      }
    }
    return false;
  }

  /** Lanes whose stored position has gone back behind what this process believes: the store was restored while it ran. */
  async rewound(lanes: readonly Lane[]): Promise<readonly (Lane & { offset: number })[]> {
    const before = new Map(lanes.map((lane) => [keyOf(lane), this.believed.get(keyOf(lane))]));
    const rows = await this.rows(lanes);
    return lanes.flatMap((lane) => {
      const stored = rows.get(keyOf(lane))?.next_offset;
      const believed = before.get(keyOf(lane));
      if (believed === undefined || stored === undefined || stored >= believed) return [];
      this.believed.set(keyOf(lane), stored);
      return [{ ...lane, offset: stored }];
    });
  }

  /**
   * Offsets of one cluster mean nothing in another. In one step: a batch that came between position and refusal would be handled, on a
   * lane that must stand still.
   */
  private believe(lane: Lane, row: PositionRow, cluster: string): void {
    this.believed.set(keyOf(lane), row.next_offset);
    const isOurs = row.cluster === cluster;
    const refusal = isOurs ? row.halted : this.wrongCluster(lane);
    if (refusal === null) this.refused.delete(keyOf(lane));
    else this.refused.set(keyOf(lane), refusal);
  }

  /** Kept in the store: when the log has grown past the position, nothing else would show that it ever was shorter. */
  private async halt(lane: Lane): Promise<LaneVerdict> {
    const says = this.aboveHighMark(lane);
    const { database, statements } = this.options;
    await database.read(statements.halt, [lane.topic, lane.partition, says]);
    this.refused.set(keyOf(lane), says);
    return { kind: 'stopped', says };
  }

  private async moveTo(lane: Lane, from: number, to: number): Promise<void> {
    const { statements, database, clusterId } = this.options;
    const cluster = await clusterId();
    await database.read(statements.advance, [
      [lane.topic],
      [lane.partition],
      [from],
      [to],
      cluster,
    ]);
    await this.reload(lane);
  }

  private async make(lane: Lane): Promise<PositionRow> {
    const marks = await this.marks(lane);
    const { statements, database, clusterId } = this.options;
    const cluster = await clusterId();
    await database.read(statements.makePosition, [lane.topic, lane.partition, marks.low, cluster]);
    const row = (await this.rows([lane])).get(keyOf(lane));
    if (!row) throw new Error(`The position of ${keyOf(lane)} could not be made.`);
    return row;
  }

  private async marks(lane: Lane): Promise<{ low: number; high: number }> {
    const offsets = await this.options.connection.topicOffsets(lane.topic);
    const marks = offsets.find(({ partition }) => partition === lane.partition);
    if (!marks) throw new Error(`Kafka does not know ${keyOf(lane)}.`);
    return marks;
  }

  private async rows(lanes: readonly Lane[]): Promise<Map<string, PositionRow>> {
    const topics = [...new Set(lanes.map(({ topic }) => topic))];
    const rows = await this.options.database.read<PositionRow>(this.options.statements.positions, [
      topics,
    ]);
    return new Map(rows.map((row) => [keyOf(row), row]));
  }

  private wrongCluster({ topic, partition }: Lane): string {
    return (
      `${this.options.stage} ${topic}/${partition}: the stored position belongs to another Kafka cluster. ` +
      'If the cluster was replaced on purpose, clear the positions as docs/operating.md says under "A new cluster".'
    );
  }

  private aboveHighMark({ topic, partition }: Lane): string {
    return (
      `${this.options.stage} ${topic}/${partition}: the stored position lies beyond the end of the log, so the log has lost records. ` +
      'Restore the log, or set the position as docs/operating.md says under "A log that lost its end".'
    );
  }
}

function keyOf({ topic, partition }: Lane): string {
  return `${topic}/${partition}`;
}
