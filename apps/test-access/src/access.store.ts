import { Injectable } from '@nestjs/common';
import { isNewer, type PersonState, stockholmDay } from '#canonical';
import { Stage, type Statement, type UnitOfWork } from '#stage';
import { PersonAccess } from './access.entity.js';
import { compareEppns } from './question/entry-eppn.js';
import { noteEppns } from './question/question.store.js';
import { NO_ACCESS, type AccessRecord } from './rules/access-record.js';

/** A person whom the rules fail on must not hold up the others: their next look is put off by this much. */
export const PUT_OFF_MS = 60 * 60 * 1_000;

const COLUMNS = `person, last_sequence as "lastSequence", emitted, facts::text as facts,
                 state::text as state, next_due as "nextDue",
                 postponed_by is not null as "isPostponed"`;

const LOAD: Statement = {
  name: 'test-access.load',
  text: `select ${COLUMNS} from test_access.person_access
          where person = any($1::uuid[]) order by person for update`,
};

/** Whoever waited for a lock looks again whether the row is still due. */
const LOAD_DUE: Statement = {
  name: 'test-access.load-due',
  text: `select ${COLUMNS} from test_access.person_access
          where person = any(array(select person from test_access.person_access
                                    where next_due <= $1 order by next_due limit $2))
            and next_due <= $1
          order by person for update`,
};

const SAVE: Statement = {
  name: 'test-access.save',
  text: `insert into test_access.person_access(person, last_sequence, emitted, facts, state, next_due, postponed_by)
         select n.person, n.last_sequence, n.emitted, n.facts::json, n.state::json, n.next_due, n.postponed_by::text[]
           from unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::timestamptz[], $7::text[])
             as n(person, last_sequence, emitted, facts, state, next_due, postponed_by)
         on conflict (person) do update
            set last_sequence = excluded.last_sequence, emitted = excluded.emitted, facts = excluded.facts,
                state = excluded.state, next_due = excluded.next_due, postponed_by = excluded.postponed_by`,
};

/** Most events change nothing about access, nor does a replay: they leave their numbers, and the row's large columns are not written. */
const NOTE_NUMBERS: Statement = {
  name: 'test-access.note-numbers',
  text: `update test_access.person_access p set last_sequence = n.last_sequence, emitted = n.emitted
           from unnest($1::uuid[], $2::text[], $3::bigint[]) as n(person, last_sequence, emitted)
          where p.person = n.person`,
};

const PUT_OFF: Statement = {
  name: 'test-access.put-off',
  text: `update test_access.person_access set next_due = $2 where person = any($1::uuid[])`,
};

const FIRST_RULES: Statement = {
  name: 'test-access.first-rules',
  text: `insert into test_access.rules(digest, decided_on) values ($1, $2) on conflict do nothing`,
};

/** A day that was decided on before it came, by a clock that was set back since, is decided on again. */
const NOTE_RULES: Statement = {
  name: 'test-access.note-rules',
  text: `update test_access.rules
            set digest = $1, decided_on = $2,
                swept_to = case when digest <> $1 or decided_on > $2 then '00000000-0000-0000-0000-000000000000' else swept_to end
          where digest <> $1 or decided_on is distinct from $2`,
};

/** Asked first: PostgreSQL would compare every person with the end of a sweep that is over. */
const SWEPT_TO: Statement = {
  name: 'test-access.swept-to',
  text: `select swept_to as "sweptTo" from test_access.rules for update`,
};

/** The rows that come next are due at once; where the sweep has come to stands in the table, so that a restart goes on. */
const SWEEP: Statement = {
  name: 'test-access.sweep',
  text: `with next as (
           select p.person from test_access.person_access p
            where p.person > $3::uuid order by p.person limit $2 for update),
         due as (
           update test_access.person_access p set next_due = least(p.next_due, $1)
             from next where p.person = next.person),
         done as (
           update test_access.rules
              set swept_to = (select person from next order by person desc limit 1))
         select count(*) as swept from next`,
};

interface StoredRow {
  readonly person: string;
  readonly lastSequence: string;
  readonly emitted: number;
  readonly facts: string;
  readonly state: string;
  readonly nextDue: Date | null;
  readonly isPostponed: boolean;
}

/** One person's row while a unit decides about them; its lock is held. */
export class AccessRow {
  lastSequence: string;
  /** As text, to be compared with; `null` for a person not seen before. */
  facts: string | null;
  nextDue: Date | null;
  private emitted: number;
  private read: AccessRecord | undefined;
  /** As it was when the unit began, of a row that was decided about. */
  private before: AccessRecord | undefined;
  /** What must be written. */
  change: 'none' | 'numbers' | 'all' = 'none';

  constructor(
    readonly person: string,
    private readonly stored?: StoredRow,
  ) {
    this.lastSequence = stored?.lastSequence ?? '';
    this.facts = stored?.facts ?? null;
    this.nextDue = stored?.nextDue ?? null;
    this.emitted = stored?.emitted ?? 0;
  }

  /** Parsed when asked for, since most events never do. */
  get record(): AccessRecord {
    this.read ??= this.stored ? (JSON.parse(this.stored.state) as AccessRecord) : NO_ACCESS;
    return this.read;
  }

  /** True when the event is newer than all that was taken in about this person; it is then taken in. */
  takeSequence(sequence: string): boolean {
    if (!isNewer(sequence, this.lastSequence)) return false;
    this.lastSequence = sequence;
    this.noteNumbers();
    return true;
  }

  decide(facts: string, record: AccessRecord, nextDue: Date | null): void {
    this.before ??= this.record;
    this.facts = facts;
    this.read = record;
    this.nextDue = nextDue;
    this.change = 'all';
  }

  /** Says what the next decision goes out from, when a merge or a separation has changed it. */
  startFrom(record: AccessRecord): void {
    this.before ??= this.record;
    this.read = record;
    this.change = 'all';
  }

  /** Has the row looked at by then, if not sooner. */
  lookBy(at: Date): void {
    if (this.nextDue === null || this.nextDue > at) this.nextDue = at;
  }

  /** The person turned out to be another: nothing is decided about them any more. */
  end(facts: string): void {
    this.decide(facts, NO_ACCESS, null);
  }

  /** The number of the next event about this person. */
  nextNumber(): number {
    this.noteNumbers();
    return ++this.emitted;
  }

  private noteNumbers(): void {
    if (this.change === 'none') this.change = 'numbers';
  }

  /** The number of the last event about this person. */
  get eventNumber(): number {
    return this.emitted;
  }

  get parameters(): readonly unknown[] {
    const { person, lastSequence, emitted, facts, nextDue } = this;
    const reasons = this.record.postponed?.flatMap(({ because }) => because);
    return [
      person,
      lastSequence,
      emitted,
      facts,
      JSON.stringify(this.record),
      nextDue,
      reasons ? arrayLiteral(reasons) : null,
    ];
  }

  /** Whether something may end at `now` that no fact ends: then it matters how fresh the facts are. */
  mayEndByTime(now: Date): boolean {
    if (this.stored?.isPostponed) return true;
    return this.nextDue !== null && this.nextDue.getTime() - PUT_OFF_MS <= now.getTime();
  }

  /** By which EPPNs the person is no longer found, and by which from now on. */
  get eppnChange(): ReturnType<typeof compareEppns> {
    const before = this.before ?? this.record;
    return compareEppns(this.person, before.access.entries, this.record.access.entries);
  }

  /** The facts as they were last decided from. */
  get personState(): PersonState {
    return JSON.parse(this.facts!) as PersonState;
  }
}

/** PostgreSQL's text of an array of texts; an array of arrays cannot be taken apart row by row. */
function arrayLiteral(texts: readonly string[]): string {
  const quoted = [...new Set(texts)].map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`);
  return `{${quoted.join(',')}}`;
}

/** The rows that one unit decides about: locked in id order by one statement, written by at most three. */
export class AccessRows {
  private constructor(private readonly rows: Map<string, AccessRow>) {}

  static async load(unit: UnitOfWork, persons: readonly string[]): Promise<AccessRows> {
    const rows = new Map<string, AccessRow>();
    if (persons.length === 0) return new AccessRows(rows);
    for (const stored of await unit.query<StoredRow>(LOAD, [persons])) {
      rows.set(stored.person, new AccessRow(stored.person, stored));
    }
    for (const person of persons) if (!rows.has(person)) rows.set(person, new AccessRow(person));
    return new AccessRows(rows);
  }

  /** Rows that time alone may change by now, at most `limit`. */
  static async loadDue(unit: UnitOfWork, limit: number): Promise<AccessRows> {
    const due = await unit.query<StoredRow>(LOAD_DUE, [unit.now, limit]);
    return new AccessRows(
      new Map(due.map((stored) => [stored.person, new AccessRow(stored.person, stored)])),
    );
  }

  get all(): AccessRow[] {
    return [...this.rows.values()];
  }

  get persons(): string[] {
    return [...this.rows.keys()];
  }

  of(person: string): AccessRow {
    return this.rows.get(person)!;
  }

  save(unit: UnitOfWork): void {
    const rows = this.all;
    const changed = rows.filter(({ change, facts }) => change === 'all' && facts !== null);
    const noted = rows.filter(({ change }) => change === 'numbers');
    if (changed.length > 0) {
      const parameters = changed.map((row) => row.parameters);
      const columns = parameters[0]!.map((_, column) => parameters.map((row) => row[column]));
      unit.write(SAVE, columns);
      noteEppns(unit, changed.map(({ eppnChange }) => eppnChange)); // prettier-ignore
    }
    if (noted.length > 0) {
      unit.write(NOTE_NUMBERS, [
        noted.map(({ person }) => person),
        noted.map(({ lastSequence }) => lastSequence),
        noted.map(({ eventNumber }) => eventNumber),
      ]);
    }
  }
}

/** What the schedule and the administrator ask beside the rows. */
@Injectable()
export class AccessStore {
  constructor(private readonly stage: Stage) {}

  async find(person: string): Promise<PersonAccess | null> {
    return this.stage.database.dataSource.getRepository(PersonAccess).findOneBy({ person });
  }

  /** Puts persons' next look off, without deciding. */
  async putOff(unit: UnitOfWork, persons: readonly string[], until: Date): Promise<void> {
    if (persons.length > 0) await unit.query(PUT_OFF, [persons, until]);
  }

  /**
   * When policies or calendars have changed since, or the clock was set back over a midnight, makes the next `limit` persons due, in
   * id order.
   *
   * @returns how many; fewer than `limit` when the sweep is done.
   */
  async sweep(unit: UnitOfWork, digest: string, limit: number): Promise<number> {
    const today = stockholmDay(unit.now);
    await unit.query(FIRST_RULES, [digest, today]);
    await unit.query(NOTE_RULES, [digest, today]);
    const [rules] = await unit.query<{ sweptTo: string | null }>(SWEPT_TO, []);
    if (rules!.sweptTo === null) return 0;
    const [row] = await unit.query<{ swept: number }>(SWEEP, [unit.now, limit, rules!.sweptTo]);
    return row!.swept;
  }
}
