import { SCHEMAS, type ReportedTest } from '#canonical';
import { handOver, type PersonRecord } from '../register/records.js';
import { besideClaims, type Register } from '../register/register.js';
import { isFurther, newestTests } from './decide-test.js';
import { tellDuties } from './duty-parts.js';
import { emptyState } from './empty-state.js';
import { joinApart } from './kept-apart.js';
import { resealClaim } from './reseal-claim.js';
import type { Announcement } from './verdict.js';

/** Beyond these the oldest are left out (bound of `PersonState`). */
const FORMER_IDS_MAX = 50;

/**
 * Two persons are one: claims, identifiers, duties and tests of `from` are `into`'s from now on, and `from` has ended for good. The
 * claims stay apart underneath, so that `separatePersons` can undo it. It is announced under both ids (design §5).
 */
export function mergePersons(
  from: PersonRecord,
  into: PersonRecord,
  register: Register,
): Announcement[] {
  for (const claim of [...from.claims]) {
    resealClaim(claim, from, into, register);
    register.attach(claim, into);
    claim.isChanged = true;
  }
  for (const identifier of register.identifiersOfPerson(from.id)) {
    handOver(identifier, into.id);
  }
  for (const object of register.objects.values()) {
    if (object.person === from.id) Object.assign(object, { person: into.id, isChanged: true });
  }
  register.removals.push({
    from: from.id,
    to: into.id,
    objects: null,
    huvudmen: [],
    identifiers: [],
  });
  const [gone, stays] = [besideClaims(from), besideClaims(into)];
  into.state = register.mergedView(into, {
    ...stays,
    duties: tellDuties([...stays.duties, ...gone.duties]),
    tests: joinTests(stays.tests, gone.tests),
    formerIds: [...(stays.formerIds ?? []), ...(gone.formerIds ?? []), from.id].slice(
      -FORMER_IDS_MAX,
    ),
  });
  into.apartFrom = joinApart(from, into);
  from.apartFrom = [];
  from.state = emptyState(from.id, 'dormant');
  from.isEnded = true;
  for (const person of [from, into]) {
    person.emitted++;
    Object.assign(person, { isChanged: true, isStateChanged: true });
  }
  const merged = {
    from: from.id,
    fromNumber: from.emitted,
    into: into.id,
    intoNumber: into.emitted,
  };
  return [into, from].map((person) => ({
    type: 'se.elevnav.person.merged',
    subject: person.id,
    number: person.emitted,
    dataschema: SCHEMAS.person.dataschema,
    data: { person: into.state, change: { merged } },
  }));
}

/** One report per assignment of the platform: the one that has come further, as when they are heard one after the other. */
function joinTests(one: readonly ReportedTest[], other: readonly ReportedTest[]): ReportedTest[] {
  const byId = new Map<string, ReportedTest>();
  for (const test of [...one, ...other]) {
    const known = byId.get(test.id);
    if (known === undefined || isFurther(test, known)) byId.set(test.id, test);
  }
  return newestTests([...byId.values()]);
}
