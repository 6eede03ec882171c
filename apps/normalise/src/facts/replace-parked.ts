import { ADAPTERS, type Fact } from '#adapters';
import { TEST_STATES } from '#canonical';
import type { ReceivedEvent } from '#stage';

/** True for an event that carries its object's full state: it need not wait behind the object's parked ones. */
export function carriesFullState({ envelope: { type } }: Pick<ReceivedEvent, 'envelope'>): boolean {
  return ADAPTERS.some((adapter) => adapter.types.includes(type) && adapter.carriesFullState(type));
}

/** True when a parked event of the same object stays beside an event that is handled now. */
export function leavesParked(event: ReceivedEvent, parked: ReceivedEvent): boolean {
  const facts = factsOf(event);
  return factsOf(parked).some(
    (held) =>
    facts.some((fact) => fact.kind.split('-')[0] === held.kind.split('-')[0] && leavesParkedFact(fact, held)), // prettier-ignore
  );
}

/**
 * True when a parked fact of the same object stays, since it is the newer one. Of a test the state tells, which only goes forward, then
 * the earlier time; of all else the source's, as in `orderClaims`. A report under another EPPN takes no other's place: whose EPPN will be
 * heard of first, nobody knows.
 */
export function leavesParkedFact(fact: Fact, parked: Fact): boolean {
  if (fact.kind === 'test-reported' && parked.kind === 'test-reported') {
    if (fact.eppn !== parked.eppn) return true;
    if (fact.state === parked.state) return fact.at > parked.at;
    return TEST_STATES.indexOf(fact.state) < TEST_STATES.indexOf(parked.state);
  }
  return fact.modified < parked.modified;
}

function factsOf({ envelope, data }: ReceivedEvent): readonly Fact[] {
  const { type, time } = envelope;
  const adapter = ADAPTERS.find(({ types }) => types.includes(type));
  const translation = adapter?.translate({ type, data, ...(time === undefined ? undefined : { time }) }); // prettier-ignore
  return translation?.ok ? translation.facts : [];
}
