import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { PersonState } from '#canonical';
import type { AccessRecord } from './rules/access-record.js';

/** What is decided for one person, and the facts it was decided from. For administration; the hot path uses its own SQL. */
@Entity({ name: 'person_access', schema: 'test_access' })
export class PersonAccess {
  @PrimaryColumn('uuid')
  person: string;

  /** The newest canonical event about this person that was taken in; what is not newer is dropped. */
  @Column('text', { name: 'last_sequence' })
  lastSequence: string;

  /** Grows by one with each access event about this person: the number in its `sequence`. */
  @Column('bigint')
  emitted: number;

  @Column('json')
  facts: PersonState;

  @Column('json')
  state: AccessRecord;

  @Column('timestamptz', { name: 'next_due', nullable: true })
  nextDue: Date | null;
}
