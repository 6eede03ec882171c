/** Rows that were taken out before their room is given back. Some 10 MB: what is written there next lies in memory still. */
const ROWS_BETWEEN = 5_000;
/** After a vacuum it rests for this many times as long as that took: of a table that cannot be tidied, each takes longer. */
const REST_FACTOR = 20;

/**
 * Gives back the room of rows that were taken out of the outbox. The server's own vacuum looks at a table once a minute, and until
 * then each row is written to the end of a file that grows by some 100 MB: new pages cost PostgreSQL a good part of the insert
 * (see docs/decisions/0019). Where an old transaction keeps the rows, as a dump does, it helps nothing and does no harm.
 */
export class OutboxSpace {
  private rows = 0;
  private restsUntilMs = 0;
  private running: Promise<void> | undefined;

  /** @param vacuum runs beside the relay, which waits for it only when it stops. */
  constructor(
    private readonly vacuum: () => Promise<unknown>,
    private readonly onFailure: (error: unknown) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** So many rows were taken out, and that is committed. */
  takenOut(rows: number): void {
    this.rows += rows;
    if (this.rows < ROWS_BETWEEN || this.running || this.now() < this.restsUntilMs) return;
    this.rows = 0;
    this.running = this.tidy().finally(() => (this.running = undefined));
  }

  async stop(): Promise<void> {
    await this.running;
  }

  private async tidy(): Promise<void> {
    const beganMs = this.now();
    try {
      await this.vacuum();
    } catch (error) {
      this.onFailure(error);
    }
    const endedMs = this.now();
    this.restsUntilMs = endedMs + (endedMs - beganMs) * REST_FACTOR;
  }
}
