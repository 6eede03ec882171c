import type { Duty } from '#canonical';
import type { ObjectRecord, PersonRecord, RecordObjects } from '../register/records.js';
import type { Register } from '../register/register.js';
import { dutyParts, tellDuties } from './duty-parts.js';
import { standingDuty } from './standing-duty.js';

type Said = Pick<ObjectRecord, 'source' | 'holder'>;

/**
 * What goes with the records of a new person: the duties that each of them holds, and of a source of which no record stays behind also
 * what does not say which of its records it is about.
 */
export function objectsOf(
  { claims }: PersonRecord,
  sources: ReadonlySet<string>,
): readonly RecordObjects[] {
  const held = claims.filter(({ kind }) => kind === 'register');
  return [
    ...held.map(({ source, localId }) => ({ source, holder: localId })),
    ...[...sources].map((source) => ({ source, holder: null })),
  ];
}

/** True for what goes. */
export function goesAlong({ source, holder }: Said, objects: readonly RecordObjects[]): boolean {
  return objects.some((one) => one.source === source && one.holder === holder);
}

/** A person's duties as they are told, in two: those that go and those that stay. One that the batch has not read goes by its source. */
export function divideDuties(
  duties: readonly Duty[],
  objects: readonly RecordObjects[],
  register: Register,
): { readonly go: Duty[]; readonly stay: Duty[] } {
  const [go, stay]: [Duty[], Duty[]] = [[], []];
  for (const duty of duties) {
    const said = register.objects.get(idOf(duty)) ?? { source: duty.source, holder: null };
    (goesAlong(said, objects) ? go : stay).push(duty);
  }
  return { go, stay };
}

/**
 * The duties of one of two who were one. At a unit that has changed owner what the other is said to do there counts no longer: what had
 * given way to it stands again.
 */
export function dutiesAlone(
  person: PersonRecord,
  register: Register,
  securityMarking = person.state!.securityMarking,
): Duty[] {
  const { duties } = person.state!;
  const isCarried = ({ schoolUnit }: Duty): boolean => register.history.isCarried(schoolUnit);
  const carried = duties.filter(isCarried);
  const asserted = register
    .dutiesOf(person.id)
    .flatMap((object) => standingDuty(object, person) ?? [])
    .filter(isCarried);
  // What the batch has not read stays as it was told last.
  const isRead = carried.every((duty) => register.objects.has(idOf(duty)));
  if (!isRead || asserted.length === 0) return duties;
  const others = duties.filter((duty) => !isCarried(duty));
  return tellDuties([
    ...others,
    ...asserted.flatMap((duty) => dutyParts(duty, { securityMarking }, register)),
  ]);
}

/** The hub's id of the duty that the source asserts. */
function idOf(duty: Duty): string {
  return (duty.carriedFrom ?? duty).id;
}
