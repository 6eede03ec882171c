import { ReplayTable, type Replay, type Statement, type UnitOfWork } from '#stage';
import { FIRST_ID } from '../register/hub-ids.js';

export type Phase = 'units' | 'persons' | 'things';

export const REGISTER_REPLAY = new ReplayTable<Phase>({
  stage: 'normalise',
  phases: ['units', 'persons', 'things'],
  countPersons: `select count(*) from normalise.person where merged_into is null and state is not null`,
  command: '{"name":"replay","action":"begin"}',
});

const NEXT: Readonly<Record<Phase, Statement>> = {
  units: {
    name: 'normalise.next-replayed-units',
    text: `select code as key from normalise.school_unit where code > $1 order by code limit $2`,
  },
  persons: {
    name: 'normalise.next-replayed-persons',
    text: `
      select id::text as key from normalise.person where id > $1::uuid and merged_into is null and state is not null
      order by id limit $2`,
  },
  things: {
    name: 'normalise.next-replayed-things',
    text: `
      select id::text as key from normalise.source_object
      where id > $1::uuid and kind in ('group', 'activity') and not deleted order by id limit $2`,
  },
};

/** The next keys of a phase, in their order. */
export async function nextKeys(
  unit: UnitOfWork,
  { phase, passed }: Pick<Replay<Phase>, 'phase' | 'passed'>,
  limit: number,
): Promise<string[]> {
  const after = passed === '' && phase !== 'units' ? FIRST_ID : passed;
  const rows = await unit.query<{ key: string }>(NEXT[phase], [after, limit]);
  return rows.map(({ key }) => key);
}
