import type { Stage, Statement, UnitOfWork } from '#stage';

export const PHASES = ['units', 'persons', 'things', 'done'] as const;
export type Phase = (typeof PHASES)[number];

/** How far the register has been announced again. */
export interface Announcing {
  /** The command that asked for it (`causationOf`). */
  readonly cause: string;
  readonly askedAt: Date;
  readonly phase: Phase;
  /** All keys up to this one have been announced in this phase. */
  readonly passed: string;
}

/** What an operator sees of it. */
export interface AnnouncingSeen {
  readonly askedAt: Date;
  readonly phase: Phase;
  readonly announced: number;
  readonly persons: number;
  readonly endedAt: Date | null;
  readonly stopped: boolean;
}

/** Whoever asks again begins anew. */
const BEGIN: Statement = {
  name: 'normalise.begin-announcing',
  text: `
    insert into normalise.announcing (cause, asked_at, phase, passed, announced) values ($1, $2, 'units', '', 0)
    on conflict (single) do update set cause = excluded.cause, asked_at = excluded.asked_at, phase = excluded.phase,
      passed = excluded.passed, announced = excluded.announced, ended_at = null, stopped = false`,
};

export function beginAnnouncing(unit: UnitOfWork, cause: string): void {
  unit.write(BEGIN, [cause, unit.now]);
}

const STOP: Statement = {
  name: 'normalise.stop-announcing',
  text: `
    update normalise.announcing set stopped = true, ended_at = $1 where ended_at is null returning cause`,
};

/** @returns false when nothing was being announced. */
export async function stopAnnouncing(unit: UnitOfWork): Promise<boolean> {
  const stopped = await unit.query<{ cause: string }>(STOP, [unit.now]);
  return stopped.length > 0;
}

const TAKE: Statement = {
  name: 'normalise.take-announcing',
  text: `
    select cause, asked_at as "askedAt", phase, passed from normalise.announcing where ended_at is null for update skip locked`,
};

/** What is under way and in no other process's hand. Its row is held until the unit commits. */
export async function takeAnnouncing(unit: UnitOfWork): Promise<Announcing | undefined> {
  const [row] = await unit.query<Announcing>(TAKE, []);
  return row;
}

const PASS: Statement = {
  name: 'normalise.pass-announcing',
  text: `
    update normalise.announcing set phase = $1, passed = $2, announced = announced + $3,
      ended_at = case when $1 = 'done' then $4::timestamptz end`,
};

export function passAnnouncing(
  unit: UnitOfWork,
  { phase, passed, announced }: Pick<Announcing, 'phase' | 'passed'> & { readonly announced: number }, // prettier-ignore
): void {
  unit.write(PASS, [phase, passed, announced, unit.now]);
}

const READ: Statement = {
  name: 'normalise.read-announcing',
  text: `
    select asked_at as "askedAt", phase, announced, ended_at as "endedAt", stopped,
      (select greatest(reltuples, 0)::bigint from pg_class where oid = 'normalise.person'::regclass) as persons
    from normalise.announcing`,
};

type SeenRow = Omit<AnnouncingSeen, 'announced' | 'persons'> & {
  readonly announced: string;
  readonly persons: string;
};

/** `persons` is PostgreSQL's estimate of how many there are. */
export async function readAnnouncing(
  stage: Pick<Stage, 'read'>,
): Promise<AnnouncingSeen | undefined> {
  const [row] = await stage.read<SeenRow>(READ, []);
  return row && { ...row, announced: Number(row.announced), persons: Number(row.persons) };
}

const NEXT: Readonly<Record<Exclude<Phase, 'done'>, Statement>> = {
  units: {
    name: 'normalise.next-announced-units',
    text: `select code as key from normalise.school_unit where code > $1 order by code limit $2`,
  },
  persons: {
    name: 'normalise.next-announced-persons',
    text: `
      select id::text as key from normalise.person where id > $1::uuid and merged_into is null and state is not null
      order by id limit $2`,
  },
  things: {
    name: 'normalise.next-announced-things',
    text: `
      select id::text as key from normalise.source_object
      where id > $1::uuid and kind in ('group', 'activity') and not deleted order by id limit $2`,
  },
};

const FIRST_ID = '00000000-0000-0000-0000-000000000000';

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
