import type { SourceFact } from '../facts/source-fact.js';
import { decideAccount } from './decide-account.js';
import { decideActivity, decideActivityRemoved } from './decide-activity.js';
import { decideDuty, decideDutyRemoved } from './decide-duty.js';
import { decideGroup, decideGroupRemoved } from './decide-group.js';
import { decideOrganisation, decideOrganisationRemoved } from './decide-organisation.js';
import { decidePerson } from './decide-person.js';
import { decidePersonRemoved } from './decide-person-removed.js';
import { decidePresence, decidePresenceCancelled } from './decide-presence.js';
import { decideSchoolUnit } from './decide-school-unit.js';
import { decideTest } from './decide-test.js';
import type { Deciding } from './deciding.js';
import { filtered, type Verdict } from './verdict.js';

/** Decides about one fact, in memory: changes the register's records and says what is to be announced. */
export function decideFact(item: SourceFact, deciding: Deciding): Verdict {
  const { fact } = item;
  switch (fact.kind) {
    case 'person-asserted':
      return decidePerson({ ...item, fact }, deciding);
    case 'person-removed':
      return decidePersonRemoved({ ...item, fact }, deciding);
    case 'account-asserted':
      return decideAccount({ ...item, fact }, deciding);
    case 'test-reported':
      return decideTest({ ...item, fact }, deciding);
    case 'duty-asserted':
      return decideDuty({ ...item, fact }, deciding);
    case 'duty-removed':
      return decideDutyRemoved({ ...item, fact }, deciding);
    case 'group-asserted':
      return decideGroup({ ...item, fact }, deciding);
    case 'group-removed':
      return decideGroupRemoved({ ...item, fact }, deciding);
    case 'activity-asserted':
      return decideActivity({ ...item, fact }, deciding);
    case 'activity-removed':
      return decideActivityRemoved({ ...item, fact }, deciding);
    case 'presence-reported':
      return decidePresence({ ...item, fact }, deciding);
    case 'presence-cancelled':
      return decidePresenceCancelled({ ...item, fact }, deciding);
    case 'organisation-asserted':
      return decideOrganisation({ ...item, fact }, deciding);
    case 'organisation-removed':
      return decideOrganisationRemoved({ ...item, fact }, deciding);
    case 'school-unit-asserted':
      return decideSchoolUnit({ ...item, fact }, deciding);
    case 'course-membership-asserted':
    case 'course-membership-state-asserted':
      return filtered('filtered:irrelevant', null, 'course memberships are not kept');
  }
}
