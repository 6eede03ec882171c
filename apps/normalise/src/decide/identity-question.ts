import type { ParkReason } from '#stage';
import type { PersonFact } from '../facts/source-fact.js';
import type { Resolution } from '../identity/resolve-identity.js';
import { REFERENCE_DIGITS } from '../register/hub-ids.js';
import type { Register } from '../register/register.js';

/**
 * Parks a contradiction for a human. The reference names the question: who answers says it, and the event is tried again when the
 * answer comes. It holds neither number nor local id.
 */
export function identityQuestion(
  { source, fact, numberDigest }: PersonFact,
  { asks, says }: Extract<Resolution, { is: 'contradiction' }>,
  { keys, questions }: Register,
): ParkReason {
  const text = `question\n${source.id}\n${fact.localId}\n${numberDigest}`;
  const digest = keys.digest('reference', text).slice(0, REFERENCE_DIGITS);
  const id = `question/${asks}/${digest}`;
  const { localId } = fact;
  questions.set(id, { id, source: source.id, localId, numberDigest: numberDigest! });
  return {
    code: 'contradiction',
    causeGroup: `source/${source.id}`,
    issues: [{ pointer: '/civicNo', says }],
    awaits: id,
  };
}
