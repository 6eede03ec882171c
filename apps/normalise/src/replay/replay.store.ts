import type { Stage, Statement, UnitOfWork } from '#stage';
import { FIRST_ID } from '../register/hub-ids.js';

export const PHASES = ['units', 'persons', 'things', 'done'] as const;
export type Phase = (typeof PHASES)[number];

/** How far the register has been replayed. */
export interface Replay {
  /** The command that asked for it (`causationOf`). */
  readonly cause: string;
  readonly askedAt: Date;
  readonly phase: Phase;
  /** All keys up to this one have been replayed in this phase. */
  readonly passed: string;
}

/** What an operator sees of it. */
export interface ReplaySeen {
  readonly askedAt: Date;
  readonly phase: Phase;
  readonly replayed: number;
  readonly persons: number;
  readonly endedAt: Date | null;
  readonly stopped: boolean;
}

/** Whoever asks again begins anew. */
const BEGIN: Statement = {
  name: 'normalise.begin-replay',
  text: `
    insert into normalise.replay (cause, asked_at, phase, passed, replayed) values ($1, $2, 'units', '', 0)
    on conflict (single) do update set cause = excluded.cause, asked_at = excluded.asked_at, phase = excluded.phase,
      passed = excluded.passed, replayed = excluded.replayed, ended_at = null, stopped = false`,
};

export function beginReplay(unit: UnitOfWork, cause: string): void {
  unit.write(BEGIN, [cause, unit.now]);
}

const STOP: Statement = {
  name: 'normalise.stop-replay',
  text: `
    update normalise.replay set stopped = true, ended_at = $1 where ended_at is null returning cause`,
};

/** @returns false when no replay was under way. */
export async function stopReplay(unit: UnitOfWork): Promise<boolean> {
  const stopped = await unit.query<{ cause: string }>(STOP, [unit.now]);
  return stopped.length > 0;
}

const TAKE: Statement = {
  name: 'normalise.take-replay',
  text: `
    select cause, asked_at as "askedAt", phase, passed from normalise.replay where ended_at is null for update skip locked`,
};

/** What is under way and in no other process's hand. Its row is held until the unit commits. */
export async function takeReplay(unit: UnitOfWork): Promise<Replay | undefined> {
  const [row] = await unit.query<Replay>(TAKE, []);
  return row;
}

const PASS: Statement = {
  name: 'normalise.pass-replay',
  text: `
    update normalise.replay set phase = $1, passed = $2, replayed = replayed + $3,
      ended_at = case when $1 = 'done' then $4::timestamptz end`,
};

export function passReplay(
  unit: UnitOfWork,
  { phase, passed, replayed }: Pick<Replay, 'phase' | 'passed'> & { readonly replayed: number }, // prettier-ignore
): void {
  unit.write(PASS, [phase, passed, replayed, unit.now]);
}

const READ: Statement = {
  name: 'normalise.read-replay',
  text: `
    select asked_at as "askedAt", phase, replayed, ended_at as "endedAt", stopped,
      (select count(*) from normalise.person where merged_into is null and state is not null) as persons
    from normalise.replay`,
};

type SeenRow = Omit<ReplaySeen, 'replayed' | 'persons'> & {
  readonly replayed: string;
  readonly persons: string;
};

export async function readReplay(stage: Pick<Stage, 'read'>): Promise<ReplaySeen | undefined> {
  const [row] = await stage.read<SeenRow>(READ, []);
  return row && { ...row, replayed: Number(row.replayed), persons: Number(row.persons) };
}

const NEXT: Readonly<Record<Exclude<Phase, 'done'>, Statement>> = {
  units: {
    name: 'normalise.next-replayed-units',
    text: `select code as key from normalise.school_unit where code > $1 order by code limit $2`,
  },
  persons: {
    name: 'normalise.next-replayed-persons',
    text: `
      select id::text as key from normalise.person where id > $1::uuid and merged_into is null and state is not null
      order by id limit $2`,
  },
  things: {
    name: 'normalise.next-replayed-things',
    text: `
      select id::text as key from normalise.source_object
      where id > $1::uuid and kind in ('group', 'activity') and not deleted order by id limit $2`,
  },
};

/** The next keys of a phase, in their order. */
export async function nextKeys(
  unit: UnitOfWork,
  { phase, passed }: { readonly phase: Exclude<Phase, 'done'>; readonly passed: string },
  limit: number,
): Promise<string[]> {
  const after = passed === '' && phase !== 'units' ? FIRST_ID : passed;
  const rows = await unit.query<{ key: string }>(NEXT[phase], [after, limit]);
  return rows.map(({ key }) => key);
}
