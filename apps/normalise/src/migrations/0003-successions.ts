import type { MigrationInterface, QueryRunner } from 'typeorm';
import { egilId } from '#canonical';

/** Who has owned each school unit, what EGIL clients call it, and how far the news of a new owner has been spread over the unit's persons (design §4). */
export class Successions1764000100003 implements MigrationInterface {
  readonly name = 'Successions1764000100003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table normalise.school_unit add owners jsonb;
      update normalise.school_unit
         set owners = jsonb_build_array(jsonb_build_object('organisationNumber', organisation_number, 'since', modified));
      alter table normalise.school_unit alter owners set not null;
      alter table normalise.school_unit add egil_id uuid;`);
    const units = (await runner.query('select code from normalise.school_unit')) as {
      code: string;
    }[];
    await runner.query(
      `update normalise.school_unit as school_unit set egil_id = row.egil_id
       from unnest($1::text[], $2::uuid[]) as row(code, egil_id) where school_unit.code = row.code`,
      [units.map(({ code }) => code), units.map(({ code }) => egilId(code))],
    );
    await runner.query(`
      alter table normalise.school_unit alter egil_id set not null;
      alter table normalise.school_unit add unique (egil_id);
      create table normalise.succession (
        school_unit text primary key,
        cause text not null,
        traceparent text,
        told_at timestamptz not null,
        huvudman text,
        horizon xid8,
        phase text not null check (phase in ('groups', 'persons', 'done')),
        passed uuid not null,
        carried bigint not null,
        changed_at timestamptz not null default now());
      create index succession_open on normalise.succession (told_at) where phase <> 'done';`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table normalise.succession;
      alter table normalise.school_unit drop owners, drop egil_id;`);
  }
}
