import type { FindingData } from '#canonical';
import type { AccessRecord } from './access-record.js';

export type AccessFinding = Omit<FindingData, 'stage'>;

/**
 * What a human should know of a person's access: findings that begin and end with the state behind them. A pupil who has never had
 * an EPPN is no finding of their own, only one who is moving; a protected person's states are nobody else's concern.
 */
export function reportFindings(
  person: string,
  before: AccessRecord,
  after: AccessRecord,
): AccessFinding[] {
  const open = findingsOf(person, before);
  const now = findingsOf(person, after);
  return [
    ...now.filter(({ id }) => !open.some((finding) => finding.id === id)),
    ...open
      .filter(({ id }) => !now.some((finding) => finding.id === id))
      .map((finding) => ({ ...finding, state: 'closed' as const })),
  ];
}

function findingsOf(person: string, { access, overdue }: AccessRecord): AccessFinding[] {
  const findings: AccessFinding[] = [];
  const add = (
    cause: string,
    thing: string,
    says: Pick<AccessFinding, 'huvudman' | 'since' | 'mustAct'>,
  ) => {
    findings.push({
      id: `${cause}/${person}/${thing}`,
      state: 'opened',
      cause,
      subject: person,
      ...says,
    });
  };
  const heldOf = (entry: string | undefined) => access.entries.find(({ id }) => id === entry)?.held;
  for (const { state, huvudman, schoolUnit, entry, since, mustAct } of access.standings) {
    const thing = entry ?? schoolUnit ?? huvudman;
    switch (state) {
      case 'awaiting': {
        const isJoin = access.entries.some(({ id, eppn }) => id === entry && eppn === null);
        if (isJoin && mustAct === 'joining-huvudman') {
          add('move-awaiting', thing, { huvudman, since, mustAct: 'huvudman' });
        }
        break;
      }
      case 'contested':
        add('access-contested', thing, { huvudman, since, mustAct: 'huvudman' });
        break;
      case 'bridged':
        if (heldOf(entry) === 'bridged') {
          add('access-bridged', thing, { huvudman, since, mustAct: 'nobody' });
        }
        break;
      case 'gap':
        add('access-gap', thing, { huvudman, since, mustAct: 'huvudman' });
        break;
      case 'postponed':
        add('access-postponed', thing, { huvudman, since, mustAct: 'operator' });
        break;
      default:
        state satisfies never;
    }
  }
  if (overdue) {
    const { huvudman, schoolUnit, since } = overdue;
    add('bridge-over', schoolUnit, { huvudman, since, mustAct: 'huvudman' });
  }
  return findings;
}
