/** What a read of the outbox tells beside its rows; transaction ids are 64 bits wide and never wrap. */
export interface OutboxReading {
  /** The ids that are visible above the floor, ascending. */
  readonly ids: readonly number[];
  /** Every transaction before this one had ended when the read began. */
  readonly oldest: string;
  /** An id that the read was given itself, if it was asked to take one: whoever wrote before it has a lower one. */
  readonly own: string | null;
  /** The last id that the table had given by the end of the read; 0 for none. */
  readonly given: number;
}

/**
 * An id at or below which no row of the outbox can appear any more. Rows are taken by id without a cursor, since a lower id may commit
 * later; but from the table's first id on, each read walks over everything that was deleted since the last vacuum, and takes longer the
 * more is sent.
 *
 * Exact: a transaction has its own id before it takes one from the outbox (a unit's first statement writes, or asks for it). So what
 * was given before a read began was given to transactions with lower ids than one that the read takes itself. Once a later read finds
 * that all of those have ended, it sees all that they left; when nothing up to there is left, nothing can come. (The `xmax` of a
 * snapshot is no such id: it is one past the last that has *ended*, and transactions with higher ids may have begun. Rows of those
 * were hidden for good when this was taken for the other.)
 */
export class OutboxFloor {
  private floor = 0;
  private given: number | undefined;
  private candidate: { readonly upTo: number; readonly before: bigint } | undefined;

  get id(): number {
    return this.floor;
  }

  /** Whether the next read should take a transaction id: a quiet store needs none. */
  get asksForId(): boolean {
    return this.candidate === undefined && this.given !== undefined && this.given > this.floor;
  }

  note({ ids, oldest, own, given }: OutboxReading): void {
    const { candidate } = this;
    if (candidate && BigInt(oldest) >= candidate.before) {
      const isLeft = ids.length > 0 && ids[0]! <= candidate.upTo;
      if (!isLeft) {
        this.floor = candidate.upTo;
        this.candidate = undefined;
      }
    }
    // The id that was given is of the read before: it was given before this read began.
    if (own !== null && this.asksForId) {
      this.candidate = { upTo: this.given!, before: BigInt(own) };
    }
    this.given = given;
  }

  /** The connection was lost: the store may be another one. */
  reset(): void {
    this.floor = 0;
    this.given = undefined;
    this.candidate = undefined;
  }
}
