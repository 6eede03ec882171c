import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Persons who turned out to be another, and what humans have answered about who is who. */
export class MergePersons1764000100004 implements MigrationInterface {
  readonly name = 'MergePersons1764000100004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table normalise.person add merged_into uuid references normalise.person(id);
      create table normalise.answer (
        source text not null,
        local_id text not null,
        number_digest bytea not null,
        answer text not null check (answer in ('same-person', 'different-persons')),
        answered_by text not null,
        at timestamptz not null default now(),
        primary key (source, local_id));
      create table normalise.question (
        id text primary key,
        source text not null,
        local_id text not null,
        number_digest bytea not null,
        since timestamptz not null default now());
      create table normalise.rewrapping (
        single boolean primary key default true check (single),
        wrapped_by bytea not null,
        done_to uuid);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table normalise.rewrapping;
      drop table normalise.question;
      drop table normalise.answer;
      alter table normalise.person drop merged_into;`);
  }
}
