import type { MigrationInterface, QueryRunner } from 'typeorm';
import { schemaOf } from './1764000000000-stage-tables.js';

/** A row without a value leaves as a tombstone: what a compacted topic has under that key is gone. */
export class OutboxTombstones1764000000005 implements MigrationInterface {
  readonly name = 'OutboxTombstones1764000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table ${schemaOf(runner)}.outbox alter value drop not null`);
  }

  /** @throws while a tombstone waits for Kafka: it would be forgotten. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table ${schemaOf(runner)}.outbox alter value set not null`);
  }
}
