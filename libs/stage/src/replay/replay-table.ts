import { schemaNameOf } from '../stage-options.js';
import type { Stage } from '../stage.js';
import type { Statement, UnitOfWork } from '../unit-of-work.js';

/** So much is locked and replayed in one transaction. */
export const REPLAY_CHUNK = 500;

/** What a stage that can replay says of itself. */
export interface ReplayOptions<Phase extends string> {
  readonly stage: string;
  /** What it goes through, in this order. */
  readonly phases: readonly [Phase, ...Phase[]];
  /** A query that answers with how many persons there are. */
  readonly countPersons: string;
  /** The command that begins it, as an operator gives it. */
  readonly command: string;
}

/** A replay that is under way. */
export interface Replay<Phase extends string> {
  /** The command that asked for it (`causationOf`). */
  readonly cause: string;
  readonly askedAt: Date;
  readonly phase: Phase;
  /** All keys up to this one have been replayed in this phase; empty at its beginning. */
  readonly passed: string;
}

/** What an operator sees of it. */
export interface ReplaySeen {
  readonly askedAt: Date;
  /** `done` when it has gone through all. */
  readonly phase: string;
  readonly replayed: number;
  readonly persons: number;
  readonly endedAt: Date | null;
  readonly stopped: boolean;
}

/** What one transaction has replayed. */
export interface ReplayedChunk {
  /** The keys that were passed, in their order; fewer than `REPLAY_CHUNK` are the last of the phase. */
  readonly keys: readonly string[];
  /** How many of them there was something to tell of. */
  readonly replayed: number;
}

/** For the migration that makes the table. Migrations have run with it, so another migration alters the table, and this stays. */
export function createReplayTable(schema: string): string {
  return `
      create table ${schema}.replay (
        single boolean primary key default true check (single),
        cause text not null,
        asked_at timestamptz not null,
        phase text not null,
        passed text not null,
        replayed bigint not null,
        ended_at timestamptz,
        stopped boolean not null default false);`;
}

/** How far a stage has replayed what it keeps: one row, once somebody has asked for it (decision 17). */
export class ReplayTable<Phase extends string = string> {
  private readonly statements: ReturnType<typeof replayStatements>;

  constructor(private readonly options: ReplayOptions<Phase>) {
    this.statements = replayStatements(options);
  }

  /** The command that begins a replay, as an operator gives it. */
  get command(): string {
    return this.options.command;
  }

  /** Whoever asks again begins anew. */
  begin(unit: UnitOfWork, cause: string): void {
    unit.write(this.statements.begin, [cause, unit.now, this.options.phases[0]]);
  }

  /** @returns false when no replay was under way. */
  async stop(unit: UnitOfWork): Promise<boolean> {
    const stopped = await unit.query<{ cause: string }>(this.statements.stop, [unit.now]);
    return stopped.length > 0;
  }

  /** What is under way and in no other process's hand. Its row is held until the unit commits. */
  async take(unit: UnitOfWork): Promise<Replay<Phase> | undefined> {
    const [row] = await unit.query<Replay<Phase>>(this.statements.take, []);
    return row;
  }

  /** Stores how far it has come. @returns whether that was all. */
  pass(unit: UnitOfWork, phase: Phase, { keys, replayed }: ReplayedChunk): boolean {
    const { phases } = this.options;
    const isLast = keys.length < REPLAY_CHUNK;
    const next = isLast ? (phases[phases.indexOf(phase) + 1] ?? 'done') : phase;
    const reached = isLast ? '' : keys.at(-1)!;
    unit.write(this.statements.pass, [next, reached, replayed, unit.now]);
    return next === 'done';
  }

  async read(stage: Pick<Stage, 'read'>): Promise<ReplaySeen | undefined> {
    type Row = Omit<ReplaySeen, 'replayed' | 'persons'> & { replayed: string; persons: string };
    const [row] = await stage.read<Row>(this.statements.read, []);
    return row && { ...row, replayed: Number(row.replayed), persons: Number(row.persons) };
  }
}

function replayStatements({
  stage,
  countPersons,
}: Pick<ReplayOptions<string>, 'stage' | 'countPersons'>) {
  const named = (name: string, text: string): Statement => ({
    name: `${stage}.${name}-replay`,
    text: text.replaceAll('{s}', schemaNameOf(stage)),
  });
  return {
    begin: named(
      'begin',
      `insert into {s}.replay (cause, asked_at, phase, passed, replayed) values ($1, $2, $3, '', 0)
       on conflict (single) do update set cause = excluded.cause, asked_at = excluded.asked_at, phase = excluded.phase,
         passed = excluded.passed, replayed = excluded.replayed, ended_at = null, stopped = false`,
    ),
    stop: named(
      'stop',
      `update {s}.replay set stopped = true, ended_at = $1 where ended_at is null returning cause`,
    ),
    take: named(
      'take',
      `select cause, asked_at as "askedAt", phase, passed from {s}.replay where ended_at is null for update skip locked`,
    ),
    pass: named(
      'pass',
      `update {s}.replay set phase = $1, passed = $2, replayed = replayed + $3,
         ended_at = case when $1 = 'done' then $4::timestamptz end`,
    ),
    read: named(
      'read',
      `select asked_at as "askedAt", phase, replayed, ended_at as "endedAt", stopped, (${countPersons}) as persons
         from {s}.replay`,
    ),
  };
}
