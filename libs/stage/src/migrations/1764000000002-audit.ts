import type { MigrationInterface, QueryRunner } from 'typeorm';
import { schemaOf } from './1764000000000-stage-tables.js';

/** Who read or changed what about whom, as a chain: see audit/audit-log.ts. */
export class Audit1764000000002 implements MigrationInterface {
  readonly name = 'Audit1764000000002';

  async up(runner: QueryRunner): Promise<void> {
    const schema = schemaOf(runner);
    await runner.query(`
      create table ${schema}.audit (
        number bigint primary key, at timestamptz not null,
        client text not null, subject text not null, role text, huvudman text, acr text,
        action text not null, about text not null, outcome text not null, hash bytea not null);
      create index audit_about on ${schema}.audit (about, number);
      create table ${schema}.audit_head (
        only_row boolean primary key default true check (only_row), number bigint not null, hash bytea not null);
      insert into ${schema}.audit_head(number, hash) values (0, '');`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const schema = schemaOf(runner);
    await runner.query(`drop table ${schema}.audit_head; drop table ${schema}.audit;`);
  }
}
