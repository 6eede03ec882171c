import { ReplayTable, type Statement, type UnitOfWork } from '#stage';

export type Phase = 'persons';

export const ACCESS_REPLAY = new ReplayTable<Phase>({
  stage: 'test-access',
  phases: ['persons'],
  countPersons: `select count(*) from test_access.person_access`,
  command: '{"name":"replay","of":"access","action":"begin"}',
});

const FIRST_ID = '00000000-0000-0000-0000-000000000000';

const NEXT: Statement = {
  name: 'test-access.next-replayed-persons',
  text: `select person::text as key from test_access.person_access where person > $1::uuid order by person limit $2`,
};

/** The next persons after one, in the order of their ids; from the first one on when `passed` is empty. */
export async function nextPersons(
  unit: UnitOfWork,
  passed: string,
  limit: number,
): Promise<string[]> {
  const rows = await unit.query<{ key: string }>(NEXT, [passed === '' ? FIRST_ID : passed, limit]);
  return rows.map(({ key }) => key);
}
