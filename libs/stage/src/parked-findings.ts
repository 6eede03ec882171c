import { EVENT_NAMESPACE, sourceIdOf, uuidV5, type FindingData } from '#canonical';
import type { ParkCode, Statement, UnitOfWork } from './unit-of-work.js';

const TOLD_AT_ONCE = 500;
const LOCK_SPACE = 0x656c7032;

/** What it needs of its stage. */
export interface ParkedFindingsHost {
  readonly name: string;
  readonly schema: string;
  transaction<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T>;
  read<Row>(statement: Statement, parameters: readonly unknown[]): Promise<Row[]>;
}

interface Pair {
  readonly subject: string;
  /** The first word of the cause: the CloudEvents `source` of the source event. */
  readonly source: string;
}

interface OpenPair extends Pair {
  readonly since: Date;
  readonly code: ParkCode;
}

/**
 * Tells of whom an event is parked: a finding `event-parked` for each subject and source, opened while at least one of their events
 * lies in the parking lot, whoever put it there or took it out, a hand with SQL included. What has changed since it was last told is
 * read from the table, so that nothing that ends without the stage's knowing is forgotten.
 */
export class ParkedFindings {
  private running: Promise<void> | undefined;
  private again = false;

  private readonly statements: ReturnType<typeof statementsOf>;

  constructor(private readonly stage: ParkedFindingsHost) {
    this.statements = statementsOf(stage.schema);
  }

  /** Settles when nothing of it is running. */
  async stop(): Promise<void> {
    await this.running?.catch(() => undefined); // told of by whoever asked for it
  }

  /** Settles when all that has changed until now is in the outbox, by this process or by another. */
  async tell(): Promise<void> {
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.running = this.run().finally(() => (this.running = undefined));
    return this.running;
  }

  private async run(): Promise<void> {
    do {
      this.again = false;
      const [row] = await this.stage.read<{ isUntold: boolean }>(this.statements.untold, []);
      if (!row!.isUntold) continue;
      while ((await this.stage.transaction((unit) => this.tellSome(unit))) === TOLD_AT_ONCE);
    } while (this.again);
  }

  private async tellSome(unit: UnitOfWork): Promise<number> {
    const { statements } = this;
    // One process at a time: of two that tell of the same subject the later one must have seen more.
    const [row] = await unit.query<{ held: boolean }>(LOCK, [LOCK_SPACE, this.stage.schema]);
    if (!row!.held) return 0;
    const changed = await unit.query<Pair>(statements.tellParked, [TOLD_AT_ONCE]);
    const subjects = [...new Set(changed.map(({ subject }) => subject))];
    if (subjects.length === 0) return 0;
    const open = await unit.query<OpenPair>(statements.parkedOf, [subjects]);
    const openNow = new Map(open.map((pair) => [keyOf(pair), pair]));
    for (const [key, pair] of new Map(changed.map((pair) => [keyOf(pair), pair]))) {
      unit.finding(this.findingOf(pair, openNow.get(key)));
    }
    return changed.length;
  }

  private findingOf(
    { subject, source }: Pair,
    open: OpenPair | undefined,
  ): Omit<FindingData, 'stage'> {
    const id = uuidV5(EVENT_NAMESPACE, `event-parked ${this.stage.name} ${subject} ${source}`);
    return {
      id: `event-parked/${id}`,
      state: open ? 'opened' : 'closed',
      cause: 'event-parked',
      source: sourceIdOf(source),
      subject,
      // By real time, as the rows have it.
      since: (open?.since ?? new Date()).toISOString(),
      mustAct: open ? mustActOn(open.code) : 'nobody',
    };
  }
}

const LOCK: Statement = {
  name: 'stage.parked-findings-lock',
  text: 'select pg_try_advisory_xact_lock($1, hashtext($2)) as held',
};

function statementsOf(schema: string) {
  const named = (name: string, text: string): Statement => ({
    name: `${schema}.stage.${name}`,
    text: text.replaceAll('{s}', schema),
  });
  return {
    untold: named(
      'untold',
      `select exists (select from {s}.parked where subject is not null and told <> (state = 'parked')) as "isUntold"`,
    ),
    tellParked: named(
      'tell-parked',
      `with changed as (select id from {s}.parked where subject is not null and told <> (state = 'parked')
                         order by id limit $1 for update skip locked)
       update {s}.parked p set told = (p.state = 'parked') from changed where p.id = changed.id
       returning p.subject, split_part(p.cause, ' ', 1) as source`,
    ),
    parkedOf: named(
      'parked-of',
      `select subject, split_part(cause, ' ', 1) as source, min(at) as since, (array_agg(code order by id))[1] as code
         from {s}.parked where state = 'parked' and subject = any($1) group by 1, 2`,
    ),
  };
}

function keyOf({ subject, source }: Pair): string {
  return `${subject} ${source}`;
}

function mustActOn(code: ParkCode): FindingData['mustAct'] {
  switch (code) {
    case 'unreadable':
    case 'bad-data':
      return 'vendor';
    case 'missing-reference':
    case 'unit-not-yours':
    case 'contradiction':
      return 'huvudman';
    case 'unknown-type':
    case 'unknown-source':
    case 'bug':
      return 'operator';
    case 'waits-behind':
      return 'nobody';
    default:
      return code satisfies never;
  }
}
