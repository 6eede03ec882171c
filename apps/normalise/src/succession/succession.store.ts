import type { Statement, UnitOfWork } from '#stage';
import type { UnitOwner } from './unit-owners.js';
import { FIRST_ID } from '../register/hub-ids.js';

/** A school unit that has another owner, or has closed, and what is to be spread because of it. */
export interface NewSuccession {
  readonly schoolUnit: string;
  /** The register's event that told of it (`causationOf`). */
  readonly cause: string;
  readonly traceparent?: string;
  /** RFC 3339: the time of the events that the spread tells. */
  readonly toldAt: string;
}

/** How far a succession has been spread. */
export interface Succession extends NewSuccession {
  /** False as long as nobody has looked which transactions were under way when it became known. */
  readonly hasHorizon: boolean;
  readonly phase: 'groups' | 'persons' | 'done';
  /** All ids up to this one have been looked at in this phase. */
  readonly passed: string;
}

/** A unit that changes owner again, or whose day is corrected, is spread anew from the beginning. */
const BEGIN: Statement = {
  name: 'normalise.begin-successions',
  text: `
    insert into normalise.succession (school_unit, cause, traceparent, told_at, phase, passed, carried)
    select school_unit, cause, traceparent, told_at, 'groups', '${FIRST_ID}', 0
    from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) as row(school_unit, cause, traceparent, told_at)
    order by school_unit
    on conflict (school_unit) do update set cause = excluded.cause, traceparent = excluded.traceparent, told_at = excluded.told_at,
      horizon = null, phase = excluded.phase, passed = excluded.passed, carried = 0, changed_at = now()`,
};

export function beginSuccessions(unit: UnitOfWork, successions: readonly NewSuccession[]): void {
  if (successions.length === 0) return;
  unit.write(BEGIN, [
    successions.map(({ schoolUnit }) => schoolUnit),
    successions.map(({ cause }) => cause),
    successions.map(({ traceparent }) => traceparent ?? null),
    successions.map(({ toldAt }) => toldAt),
  ]);
}

interface OpenRow {
  school_unit: string;
  cause: string;
  traceparent: string | null;
  told_at: Date;
  has_horizon: boolean;
  phase: Succession['phase'];
  passed: string;
}

/** No transaction of ours lasts as long; a store that was loaded into another cluster knows nothing of the old one's transactions. */
const HORIZON_KEPT = '10 minutes';

/**
 * The oldest succession that is not spread yet and that no other process has in hand. Its row is held until the unit commits.
 * A transaction that was under way when the succession became known may not have seen it, and may yet write somebody whom the look
 * through the table would have passed by: so the look begins when all of those have ended.
 */
const TAKE: Statement = {
  name: 'normalise.take-succession',
  text: `
    select school_unit, cause, traceparent, told_at, horizon is not null as has_horizon, phase, passed from normalise.succession
    where phase <> 'done' and (horizon is null or horizon <= pg_snapshot_xmin(pg_current_snapshot())
      or changed_at < now() - interval '${HORIZON_KEPT}')
    order by told_at, school_unit limit 1 for update skip locked`,
};

export async function takeSuccession(unit: UnitOfWork): Promise<Succession | undefined> {
  const [row] = await unit.query<OpenRow>(TAKE, []);
  if (row === undefined) return undefined;
  return {
    schoolUnit: row.school_unit,
    cause: row.cause,
    ...(row.traceparent === null ? undefined : { traceparent: row.traceparent }),
    toldAt: row.told_at.toISOString(),
    hasHorizon: row.has_horizon,
    phase: row.phase,
    passed: row.passed,
  };
}

const SET_HORIZON: Statement = {
  name: 'normalise.set-horizon',
  text: `
    update normalise.succession set horizon = pg_snapshot_xmax(pg_current_snapshot()), changed_at = now() where school_unit = $1`,
};

/** Notes the horizon: every transaction that is under way now has an id before it. */
export function setHorizon(unit: UnitOfWork, schoolUnit: string): void {
  unit.write(SET_HORIZON, [schoolUnit]);
}

const PASS: Statement = {
  name: 'normalise.pass-succession',
  text: `
    update normalise.succession set phase = $2, passed = $3, carried = carried + $4, huvudman = $5, changed_at = now()
    where school_unit = $1`,
};

export function passSuccession(
  unit: UnitOfWork,
  schoolUnit: string,
  reached: Pick<Succession, 'phase' | 'passed'> & {
    readonly carried: number;
    readonly huvudman: string | undefined;
  },
): void {
  const { phase, passed, carried, huvudman } = reached;
  unit.write(PASS, [schoolUnit, phase, passed, carried, huvudman ?? null]);
}

/**
 * A huvudman that became one of the hub's after its unit had been told of takes over now; one that is no longer, no more. The units
 * whose present owner is another one than when they were spread begin anew.
 */
const BEGIN_AGAIN: Statement = {
  name: 'normalise.begin-successions-again',
  text: `
    update normalise.succession as succession
    set phase = 'groups', horizon = null, passed = '${FIRST_ID}', carried = 0, changed_at = now()
    from unnest($1::text[], $2::text[]) as row(school_unit, huvudman)
    where succession.school_unit = row.school_unit and succession.phase = 'done' and succession.huvudman is distinct from row.huvudman`,
};

export function beginAgain(
  unit: UnitOfWork,
  holders: readonly { readonly schoolUnit: string; readonly huvudman: string | undefined }[],
): void {
  if (holders.length === 0) return;
  unit.write(BEGIN_AGAIN, [
    holders.map(({ schoolUnit }) => schoolUnit),
    holders.map(({ huvudman }) => huvudman ?? null),
  ]);
}

interface UnitRow {
  code: string;
  owners: UnitOwner[];
  closed_on: string | null;
}

const UNIT_COLUMNS = `code, owners, case when status = 'UPPHORT' then doc->>'endDate' end as closed_on`;

const FIND_CHANGED_UNITS: Statement = {
  name: 'normalise.find-changed-units',
  text: `
    select ${UNIT_COLUMNS} from normalise.school_unit
    where code = any($1::text[]) and (jsonb_array_length(owners) > 1 or status = 'UPPHORT')`,
};

/** Those of the units that have changed owner or closed. Read under the locks of what hangs on it, so that nothing is older. */
export async function findChangedUnits(
  unit: UnitOfWork,
  schoolUnits: ReadonlySet<string>,
): Promise<UnitRow[]> {
  if (schoolUnits.size === 0) return [];
  return unit.query<UnitRow>(FIND_CHANGED_UNITS, [[...schoolUnits]]);
}

const SUCCEEDED: Statement = {
  name: 'normalise.succeeded-units',
  text: `
    select ${UNIT_COLUMNS} from normalise.school_unit
    where code in (select school_unit from normalise.succession where phase = 'done')`,
};

/** The owners of all units whose succession has been spread. */
export async function succeededUnits(unit: UnitOfWork): Promise<UnitRow[]> {
  return unit.query<UnitRow>(SUCCEEDED, []);
}

interface FoundRow {
  id: string;
  looked_at: number;
  is_there: boolean;
}

/**
 * The ids after `passed` that may have to do with the unit: the documents name its code, in quotes as JSON has it. Nothing indexes
 * what is inside a document, so that a succession reads the table once, so many rows at a time, in id order.
 */
const findIds = (name: string, table: string, document: string, only: string): Statement => ({
  name: `normalise.${name}`,
  text: `
    with looked as materialized (
      select id, ${document} as document, row_number() over (order by id) as place from normalise.${table}
      where id > $1 ${only} order by id limit $3),
    found as (select id, place from looked where position($2 in document::text) > 0 order by place limit $4)
    select id, place::int as looked_at, true as is_there from found
    union all
    (select id, place::int, false from looked order by place desc limit 1)`,
});

const FIND_PERSONS = findIds('find-persons-of-unit', 'person', 'state', '');
const FIND_GROUPS = findIds(
  'find-groups-of-unit',
  'source_object',
  'doc',
  `and kind in ('group', 'activity') and not deleted`,
);

/** What one look found: ids to be decided about, how far it went, and whether that was the end. */
export interface FoundIds {
  readonly ids: readonly string[];
  readonly passed: string;
  readonly isEnd: boolean;
}

/** So many rows are looked through at most, and so many found ones taken (design §4), in one transaction. */
export const LOOKED_AT_MAX = 20_000;
export const CHUNK_PERSONS = 500;

export async function findOfUnit(
  unit: UnitOfWork,
  { schoolUnit, phase, passed }: Succession,
): Promise<FoundIds> {
  const statement = phase === 'groups' ? FIND_GROUPS : FIND_PERSONS;
  const code = JSON.stringify(schoolUnit);
  const rows = await unit.query<FoundRow>(statement, [passed, code, LOOKED_AT_MAX, CHUNK_PERSONS]);
  const last = rows.find(({ is_there }) => !is_there);
  const ids = rows.filter(({ is_there }) => is_there).map(({ id }) => id);
  if (last === undefined) return { ids, passed, isEnd: true };
  if (ids.length === CHUNK_PERSONS) return { ids, passed: ids.at(-1)!, isEnd: false };
  return { ids, passed: last.id, isEnd: last.looked_at < LOOKED_AT_MAX };
}

const DUTIES_OF: Statement = {
  name: 'normalise.duties-of-persons',
  text: `
    select id from normalise.source_object where person = any($1::uuid[]) and kind = 'duty' and not deleted order by id`,
};

/** The duties of persons: what their sources assert, which the parts in a person's state are made from. */
export async function dutiesOf(unit: UnitOfWork, persons: readonly string[]): Promise<string[]> {
  if (persons.length === 0) return [];
  const rows = await unit.query<{ id: string }>(DUTIES_OF, [persons]);
  return rows.map(({ id }) => id);
}
