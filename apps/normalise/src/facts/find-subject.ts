import { sourceIdOf } from '#canonical';
import type { Adapter } from '#adapters';
import type { ReceivedEvent } from '#stage';
import { claimKey } from '../register/records.js';
import type { Register } from '../register/register.js';
import type { RegisterSources } from './register-sources.js';
import type { SourceFact } from './source-fact.js';
import type { RegisterSettings } from './translate-events.js';

/** What a source calls the object of an event. */
export interface NamedObject {
  readonly source: string;
  readonly localId: string;
}

/** What an event is about by its source's word, though it could not be translated: its adapter finds it without judging the rest. */
export function nameObject(
  { envelope, data }: ReceivedEvent,
  settings: Pick<RegisterSettings, 'source'>,
  findAdapter: (name: string) => Adapter | undefined,
): NamedObject | undefined {
  const source = settings.source(sourceIdOf(envelope.source) ?? '');
  const admission = source && findAdapter(source.adapter)?.admit({ type: envelope.type, data });
  return admission?.ok ? { source: source!.id, localId: admission.objectId } : undefined;
}

/** The person whom a fact is about and who is known already, though the fact may not be usable. */
export function findSubject(
  { fact, source, huvudman, objectId, eppnDigests }: SourceFact,
  register: Register,
  registers: RegisterSources,
): string | undefined {
  switch (fact.kind) {
    case 'person-asserted':
    case 'person-removed':
    case 'account-asserted':
      return (
        register.claims.get(claimKey(source.id, fact.localId))?.person ??
        register.holderIdOf(source.id, fact.localId)
      );
    case 'duty-asserted':
    case 'presence-reported': {
      if (fact.person === null) return register.objects.get(objectId)?.person ?? undefined;
      const names = source.sourceKind === 'elevregister' ? [source.id] : registers.of(huvudman);
      const person = fact.person;
      const holders = names.flatMap((name) => register.holderIdOf(name, person) ?? []);
      return holders[0] ?? register.objects.get(objectId)?.person ?? undefined;
    }
    case 'test-reported': {
      const held = eppnDigests.flatMap((digest) => register.identifiers('eppn', digest));
      const persons = [...new Set(held.map(({ person }) => person))];
      return persons.length === 1 ? persons[0] : undefined;
    }
    default:
      return undefined;
  }
}
