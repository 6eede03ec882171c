import type {
  DutyAsserted,
  DutyRemoved,
  OrganisationAsserted,
  OrganisationRemoved,
} from '#adapters';
import { statedHuvudmanId } from '../decide/organisation-id.js';
import type { Needs } from '../register/needs.js';
import { objectId, personId, personNames } from '../register/hub-ids.js';
import type { RegisterKeys } from '../register/register-keys.js';
import { isFullyProtected } from '../identity/resolve-identity.js';
import type { RegisterSources } from './register-sources.js';
import type { SourceFact } from './source-fact.js';

/** Notes all that deciding about a fact will look at, so that it is read before, together with what the other facts need. */
export function noteNeeds(
  item: SourceFact,
  needs: Needs,
  around: { readonly registers: RegisterSources; readonly keys: RegisterKeys },
): void {
  const { fact, source } = item;
  const personInRegister = (localId: string): void => {
    for (const register of around.registers.of(item.huvudman)) needs.holder(register, localId);
  };
  for (const digest of item.eppnDigests) needs.identifier('eppn', digest);
  switch (fact.kind) {
    case 'person-asserted':
      if (item.numberDigest !== null) needs.number(item.numberDigest, source.id, fact.localId);
      for (const { unit } of fact.enrolments) needs.unit(source.id, unit);
      needs.holder(source.id, fact.localId);
      if (isFullyProtected(item.securityMarking)) needs.open(source.id, fact.localId);
      needs.newcomer(source.id, fact.localId, () => idsOfNewcomer(item, around.keys));
      needs.claims = true;
      return;
    case 'person-removed':
      needs.drop(source.id, fact.localId);
      needs.claims = true;
      return;
    case 'account-asserted':
      needs.holder(source.id, fact.localId);
      if (fact.person !== null) personInRegister(fact.person);
      needs.claims = true;
      return;
    case 'duty-asserted':
    case 'duty-removed':
      noteDuty({ ...item, fact }, needs);
      return;
    case 'group-asserted':
      needs.objects.add(item.objectId);
      if (fact.unit !== undefined) needs.unit(source.id, fact.unit);
      for (const { person } of fact.members) needs.mention(source.id, person);
      return;
    case 'activity-asserted':
      needs.objects.add(item.objectId);
      if (fact.unit !== undefined) needs.unit(source.id, fact.unit);
      for (const group of fact.groups)
        needs.objects.add(objectId(around.keys, 'group', source.id, group));
      for (const duty of fact.teachers)
        needs.objects.add(objectId(around.keys, 'duty', source.id, duty));
      return;
    case 'presence-reported':
      needs.objects.add(item.objectId);
      if (fact.unit !== undefined) needs.unit(source.id, fact.unit);
      personInRegister(fact.person);
      return;
    case 'group-removed':
    case 'activity-removed':
    case 'presence-cancelled':
      needs.objects.add(item.objectId);
      return;
    case 'organisation-asserted':
    case 'organisation-removed':
      noteOrganisation({ ...item, fact }, needs);
      return;
    case 'school-unit-asserted':
      needs.schoolUnits.add(fact.code);
      return;
    case 'test-reported':
    case 'course-membership-asserted':
    case 'course-membership-state-asserted':
      return;
  }
}

/** Whether the source has dropped the person since, the claim says. */
function noteDuty(
  { fact, source, objectId }: SourceFact<DutyAsserted | DutyRemoved>,
  needs: Needs,
): void {
  needs.objects.add(objectId);
  needs.claims = true;
  if (fact.kind === 'duty-removed') return;
  needs.unit(source.id, fact.unit);
  if (fact.person !== null) needs.dutyHolder(source.id, fact.person);
}

function noteOrganisation(
  { fact, source }: SourceFact<OrganisationAsserted | OrganisationRemoved>,
  needs: Needs,
): void {
  const id = fact.kind === 'organisation-asserted' ? statedHuvudmanId(fact) : undefined;
  if (id !== undefined) needs.huvudmanIds.add(id);
  needs.organisation(source.id, fact.localId);
}

function idsOfNewcomer(item: SourceFact, keys: RegisterKeys): string[] {
  const { source, fact, cause, numberDigest } = item;
  const of = { source: source.id, localId: fact.localId, cause, numberDigest };
  const { byNumber, byClaim } = personNames(of);
  return [...(byNumber === null ? [] : [byNumber]), byClaim].map((name) => personId(keys, name));
}
