import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { AccessEntry } from '#canonical';
import { compareEppns } from '../question/entry-eppn.js';

const CHUNK_PERSONS = 5_000;

/** Who is found by which EPPN of a usable access entry. */
export class EntryEppn1764000000202 implements MigrationInterface {
  readonly name = 'EntryEppn1764000000202';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table test_access.entry_eppn (
        eppn bytea not null, huvudman text not null, person uuid not null,
        primary key (eppn, person, huvudman))`);
    for (let after: string | null = null; ;) {
      const rows = (await runner.query(
        `select person, state->'access'->'entries' as entries from test_access.person_access
          where $1::uuid is null or person > $1 order by person limit ${CHUNK_PERSONS}`,
        [after],
      )) as { person: string; entries: AccessEntry[] }[];
      const found = rows.flatMap(({ person, entries }) => compareEppns(person, [], entries).come);
      await runner.query(
        `insert into test_access.entry_eppn(eppn, huvudman, person)
         select * from unnest($1::bytea[], $2::text[], $3::uuid[])`,
        [
          found.map(({ eppn }) => eppn),
          found.map(({ huvudman }) => huvudman),
          found.map(({ person }) => person),
        ],
      );
      if (rows.length < CHUNK_PERSONS) return;
      after = rows.at(-1)!.person;
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table test_access.entry_eppn');
  }
}
