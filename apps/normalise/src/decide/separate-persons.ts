import { SCHEMAS, type PersonState, type SecurityMarking } from '#canonical';
import { eppnDigest } from '../register/hub-ids.js';
import {
  handOver,
  type ClaimRecord,
  type PersonRecord,
  type RecordObjects,
} from '../register/records.js';
import { besideClaims, eppnName, statesEppn, type Register } from '../register/register.js';
import { divideDuties, dutiesAlone, goesAlong, objectsOf } from './divide-duties.js';
import { resealClaim } from './reseal-claim.js';
import type { Announcement } from './verdict.js';

/**
 * One person was two: the claims named become those of a new person, with the duties that they hold, and with the tests of their huvudmän
 * where no claim of that huvudman stays behind. It is announced under both ids, each time with both states.
 *
 * @param claims some of `from`'s, not all.
 * @param with `names`: the new person's, the best first. `toBe`: a marking that the new person is about to get; both events show it
 * already, so that nobody is told a thing of a protected person first, and the person's own state gets it when that is decided.
 */
export function separatePersons(
  from: PersonRecord,
  claims: readonly ClaimRecord[],
  { names, register, toBe }: Separating,
): { readonly apart: PersonRecord; readonly announcements: readonly Announcement[] } {
  const apart = register.newPerson(names);
  apart.apartFrom = from.apartFrom;
  for (const claim of claims) {
    resealClaim(claim, from, apart, register);
    register.attach(claim, apart);
    claim.isChanged = true;
  }
  const objects = objectsOf(
    apart,
    gone(from, apart, ({ source }) => source),
  );
  const huvudmen = gone(from, apart, ({ huvudman }) => huvudman);
  for (const object of register.objects.values()) {
    if (object.person === from.id && goesAlong(object, objects)) {
      Object.assign(object, { person: apart.id, isChanged: true });
    }
  }
  register.removals.push({
    from: from.id,
    to: apart.id,
    objects,
    huvudmen: [...huvudmen],
    identifiers: [],
  });
  moveEppns(from, apart, { huvudmen, register });
  divideState(from, apart, { objects, huvudmen, toBe, register });
  return { apart, announcements: announce(from, apart, toBe) };
}

interface Separating {
  readonly names: readonly string[];
  readonly register: Register;
  readonly toBe?: SecurityMarking;
}

/** What of the person's state no claim says, and each of the two gets. */
function divideState(
  from: PersonRecord,
  apart: PersonRecord,
  { objects, huvudmen, toBe, register }: Dividing,
): void {
  const { duties, tests } = besideClaims(from);
  const { go, stay } = divideDuties(duties, objects, register);
  const isTheirs = (test: PersonState['tests'][number]): boolean =>
    test.huvudman !== undefined && huvudmen.has(test.huvudman);
  apart.state = register.mergedView(apart, {
    duties: go,
    tests: tests.filter(isTheirs),
    splitFrom: { id: from.id, huvudmen: [...huvudmen].sort() },
  });
  from.state = register.mergedView(from, {
    ...besideClaims(from),
    duties: stay,
    tests: tests.filter((test) => !isTheirs(test)),
  });
  apart.state = { ...apart.state, duties: dutiesAlone(apart, register, toBe) };
  from.state = { ...from.state, duties: dutiesAlone(from, register) };
}

interface Dividing {
  readonly objects: readonly RecordObjects[];
  readonly huvudmen: ReadonlySet<string>;
  readonly toBe: SecurityMarking | undefined;
  readonly register: Register;
}

function announce(
  from: PersonRecord,
  apart: PersonRecord,
  securityMarking = apart.state!.securityMarking,
): Announcement[] {
  for (const person of [from, apart]) {
    person.emitted++;
    Object.assign(person, { isChanged: true, isStateChanged: true });
  }
  const numbers = {
    from: from.id,
    fromNumber: from.emitted,
    apart: apart.id,
    apartNumber: apart.emitted,
  };
  const states = [{ ...apart.state!, securityMarking }, from.state!] as const;
  return [
    { person: apart, state: states[0], other: states[1] },
    { person: from, state: states[1], other: states[0] },
  ].map(({ person, state, other }) => ({
    type: 'se.elevnav.person.separated',
    subject: person.id,
    number: person.emitted,
    dataschema: SCHEMAS.person.dataschema,
    data: { person: state, change: { separated: { ...numbers, other } } },
  }));
}

/** Those whose claims have all gone with the new person. */
function gone(
  from: PersonRecord,
  apart: PersonRecord,
  of: (claim: ClaimRecord) => string,
): ReadonlySet<string> {
  const stay = new Set(from.claims.map(of));
  return new Set(apart.claims.map(of).filter((one) => !stay.has(one)));
}

/** The EPPNs that the claims state, and those that their huvudmän have let go: a test that is reported under one goes along. */
function moveEppns(
  from: PersonRecord,
  apart: PersonRecord,
  { huvudmen, register }: { huvudmen: ReadonlySet<string>; register: Register },
): void {
  for (const identifier of register.identifiersOfPerson(from.id)) {
    if (identifier.huvudman === null || !huvudmen.has(identifier.huvudman)) continue;
    handOver(identifier, apart.id);
  }
  for (const eppn of apart.claims.flatMap(({ asserted }) => asserted.eppns)) {
    if (from.claims.some((claim) => statesEppn(claim, eppn))) continue;
    register.moveIdentifier(eppnName(eppnDigest(register.keys, eppn)), from, apart);
  }
}
