import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who takes which course: groups, their members, and the teaching activities that name a test activity as their parent. */
export class Courses1764000000204 implements MigrationInterface {
  readonly name = 'Courses1764000000204';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table test_access.teaching_group (
        id uuid primary key,
        last_sequence text not null,
        start_date date not null,
        end_date date not null);
      create table test_access.group_member (
        teaching_group uuid not null,
        person uuid not null,
        start_date date not null,
        end_date date not null,
        primary key (teaching_group, person));
      create index group_member_person on test_access.group_member (person);
      create table test_access.teaching_activity (
        id uuid primary key,
        last_sequence text not null,
        test_activity uuid,
        huvudman text not null,
        school_unit text,
        start_date date not null,
        end_date date not null,
        groups uuid[] not null);
      create index teaching_activity_groups on test_access.teaching_activity using gin (groups) where test_activity is not null;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table test_access.teaching_activity;
      drop table test_access.group_member;
      drop table test_access.teaching_group;`);
  }
}
