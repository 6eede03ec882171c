import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The register (design §5): persons, claims per source, identifiers, organisations, and the objects that sources own. */
export class CreateRegister1764000100001 implements MigrationInterface {
  readonly name = 'CreateRegister1764000100001';

  async up(runner: QueryRunner): Promise<void> {
    // Times are texts in one form (UTC, six decimals): their order is the order in time, and nothing of a source's precision is lost.
    await runner.query(`
      create table normalise.person (
        id uuid primary key,
        key bytea not null,
        emitted bigint not null,
        state jsonb not null) with (fillfactor = 70);
      create table normalise.claim (
        source text not null,
        local_id text not null,
        person uuid references normalise.person (id),
        huvudman text not null,
        kind text not null check (kind in ('register', 'account')),
        modified text collate "C" not null,
        sequence text collate "C",
        deleted boolean not null,
        content bytea not null,
        doc jsonb not null,
        sealed bytea,
        sealed_digest bytea,
        number_digest bytea,
        number_kind text,
        primary key (source, local_id)) with (fillfactor = 70);
      create index claim_person on normalise.claim (person);
      create table normalise.identifier (
        kind text not null check (kind in ('civic', 'eppn')),
        digest bytea not null,
        scope text not null,
        person uuid not null references normalise.person (id),
        held boolean not null,
        since timestamptz not null default now(),
        primary key (kind, digest, scope));
      create index identifier_person on normalise.identifier (person);
      create table normalise.school_unit (
        code text primary key,
        id uuid not null unique,
        organisation_number text not null,
        status text not null,
        modified text collate "C" not null,
        sequence text collate "C",
        content bytea not null,
        doc jsonb not null,
        emitted bigint not null);
      create index school_unit_organisation_number on normalise.school_unit (organisation_number);
      create table normalise.source_organisation (
        source text not null,
        local_id text not null,
        school_unit_code text,
        modified text collate "C" not null,
        sequence text collate "C",
        deleted boolean not null,
        content bytea not null,
        doc jsonb,
        emitted bigint not null,
        primary key (source, local_id));
      create table normalise.source_object (
        id uuid primary key,
        kind text not null check (kind in ('duty', 'group', 'activity', 'presence')),
        source text not null,
        person uuid references normalise.person (id),
        modified text collate "C" not null,
        sequence text collate "C",
        deleted boolean not null,
        content bytea not null,
        doc jsonb,
        emitted bigint not null) with (fillfactor = 80);
      create index source_object_person on normalise.source_object (person);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [
      'source_object',
      'source_organisation',
      'school_unit',
      'identifier',
      'claim',
      'person',
    ]) {
      await runner.query(`drop table normalise.${table}`);
    }
  }
}
