import { Injectable } from '@nestjs/common';
import type { EppnIdentifier, PersonState } from '#canonical';
import { Stage, type Statement, type UnitOfWork } from '#stage';
import type { AccessRecord } from '../rules/access-record.js';
import type { Holder } from './answer-question.js';
import { eppnDigest, type EntryEppn } from './entry-eppn.js';

const NOTE_EPPNS: Statement = {
  name: 'test-access.note-eppns',
  text: `with gone as (
           delete from test_access.entry_eppn e
            using unnest($1::bytea[], $2::text[], $3::uuid[]) as n(eppn, huvudman, person)
            where e.eppn = n.eppn and e.person = n.person and e.huvudman = n.huvudman)
         insert into test_access.entry_eppn(eppn, huvudman, person)
         select * from unnest($4::bytea[], $5::text[], $6::uuid[]) on conflict do nothing`,
};

/** The facts are read only when it must be told whose EPPN it is. An entry of another huvudman than the asking one is not found. */
const FIND_HOLDERS: Statement = {
  name: 'test-access.find-holders',
  text: `select p.person, p.state::text as state,
                case when count(*) over () > 1 then p.facts::text end as facts
           from (select distinct person from test_access.entry_eppn
                  where eppn = $1 and ($2::text is null or huvudman = $2)) e
           join test_access.person_access p using (person)
          order by p.person limit $3`,
};

/** More would be a fault of the register; nobody is let in by such an EPPN. */
const HOLDERS_MAX = 10;

interface HolderRow {
  readonly person: string;
  readonly state: string;
  readonly facts: string | null;
}

/** Keeps who is found by which EPPN in step with the entries: one statement, and none when no EPPN has come or gone. */
export function noteEppns(
  unit: UnitOfWork,
  changes: readonly { readonly gone: readonly EntryEppn[]; readonly come: readonly EntryEppn[] }[],
): void {
  const gone = changes.flatMap((change) => change.gone);
  const come = changes.flatMap((change) => change.come);
  if (gone.length > 0 || come.length > 0) {
    unit.write(NOTE_EPPNS, [...columnsOf(gone), ...columnsOf(come)]);
  }
}

function columnsOf(rows: readonly EntryEppn[]): unknown[] {
  return [
    rows.map(({ eppn }) => eppn),
    rows.map(({ huvudman }) => huvudman),
    rows.map(({ person }) => person),
  ];
}

@Injectable()
export class QuestionStore {
  constructor(private readonly stage: Stage) {}

  /** The persons who have a usable entry with this EPPN; of one huvudman only, when the caller acts for one. */
  async holders(eppn: string, huvudman: string | undefined): Promise<Holder[]> {
    const parameters = [eppnDigest(eppn), huvudman ?? null, HOLDERS_MAX];
    const rows = await this.stage.read<HolderRow>(FIND_HOLDERS, parameters);
    return rows.map(({ person, state, facts }) => ({
      person,
      access: (JSON.parse(state) as AccessRecord).access,
      given: facts === null ? NOT_READ : (JSON.parse(facts) as PersonState).eppns,
    }));
  }
}

const NOT_READ: readonly EppnIdentifier[] = [];
