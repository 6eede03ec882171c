import type { OrganisationAsserted } from '#adapters';
import { nationalId } from '#canonical';
import type { SourceFact } from '../facts/source-fact.js';
import type { Deciding, Found } from './deciding.js';
import { organisationNotYours, organisationOfSeveral } from './park-reasons.js';

/** In digits three and four of an organisation number; less is the month of somebody's birth (standards §3.3). */
const MONTH_MIN = 20;

/**
 * Skolverket's id of a huvudman (standards §2.4), which its organisation of that type has in all its sources; undefined where the number
 * names a person, a sole trader: nobody's civic number is to be guessed from an id. The check digit is not looked at: the settings'
 * was, and Skolverket's own example, 5567044268, has a wrong one and an id by the rule.
 */
export function huvudmanId(organisationNumber: string): string | undefined {
  const isOrganisation = Number(organisationNumber.slice(2, 4)) >= MONTH_MIN;
  return isOrganisation ? nationalId(organisationNumber) : undefined;
}

/** The id by the rule that the organisation may have; whether the number is its to state the settings say. */
export function statedHuvudmanId({
  organisationType,
  organisationNumber,
}: OrganisationAsserted): string | undefined {
  if (organisationType !== 'Huvudman' || organisationNumber === undefined) return undefined;
  return huvudmanId(organisationNumber);
}

/**
 * The id of an organisation that a source asserts. A source speaks of no huvudman but its own. Where the settings give one number to
 * two huvudmän, which the dashboard refuses but cannot rule out, neither has the id: whoever spoke last would close it for the other.
 */
export function findOrganisationId(
  { fact, source, huvudman, objectId }: SourceFact<OrganisationAsserted>,
  { settings }: Pick<Deciding, 'settings'>,
): Found<string> {
  const { organisationType, organisationNumber } = fact;
  if (organisationType === 'Huvudman' && organisationNumber !== undefined && huvudman !== '') {
    const having = settings.huvudmen().filter((one) => one.organisationNumber === organisationNumber); // prettier-ignore
    if (!having.some((one) => one.id === huvudman)) {
      return { ok: false, reason: organisationNotYours(source.id) };
    }
    if (having.length > 1) return { ok: false, reason: organisationOfSeveral(source.id) };
  }
  return { ok: true, value: statedHuvudmanId(fact) ?? objectId };
}
