import type { PresenceCancelled, PresenceReported } from '#adapters';
import { type CanonicalEvent, type PresenceReport, stockholmDay } from '#canonical';
import { orderClaims } from '../claim/order-claims.js';
import type { SourceFact } from '../facts/source-fact.js';
import { lastDayOf, presenceKeptFrom } from '../retention/presence-days.js';
import { findPerson, findUnit, type Deciding } from './deciding.js';
import { noteUnchanged, putObject, standingEntity } from './object-record.js';
import {
  announcePresence,
  announced,
  filtered,
  outdated,
  parked,
  type Verdict,
} from './verdict.js';

const TOO_OLD = 'its day lies further back than reports of presence are kept';

/** An absence system reports a person absent or present. A unit that is not known is left out; one of another huvudman is not taken. */
export function decidePresence(item: SourceFact<PresenceReported>, deciding: Deciding): Verdict {
  const { fact, source, huvudman, objectId } = item;
  const { register } = deciding;
  const held = register.objects.get(objectId);
  const order = orderClaims(item.version, held);
  if (order !== 'newer') return outdated(order, held?.person);
  if (isTooOld(item, deciding)) return filtered('filtered:irrelevant', held?.person, TOO_OLD);
  if (noteUnchanged(item, held)) return filtered('filtered:unchanged', held?.person);
  const person = findPerson(item, fact.person, '/student/id', deciding);
  if (!person.ok) return parked(person.reason);
  const at = { pointer: '/organisation/id', startDate: stockholmDay(fact.startTime) };
  const unit = fact.unit === undefined ? undefined : findUnit(item, fact.unit, at, deciding);
  if (unit?.ok === false && unit.reason.code === 'unit-not-yours') return parked(unit.reason);
  const report: PresenceReport = {
    id: objectId,
    source: source.id,
    huvudman,
    ...(unit?.ok ? { schoolUnit: unit.value } : undefined),
    kind: fact.presence,
    startTime: fact.startTime,
    ...(fact.endTime === undefined ? undefined : { endTime: fact.endTime }),
    says: fact.says,
    ...(fact.minutes === undefined ? undefined : { minutes: fact.minutes }),
  };
  const verb = standingEntity(held) === null ? 'reported' : 'corrected';
  putObject(item, register, { kind: 'presence', person: person.value.id, entity: report });
  return announced(
    person.value.id,
    announcePresence(person.value, presenceType(report, verb), report),
  );
}

export function decidePresenceCancelled(
  item: SourceFact<PresenceCancelled>,
  { register }: Deciding,
): Verdict {
  const held = register.objects.get(item.objectId);
  const order = orderClaims(item.version, held);
  if (order !== 'newer') return outdated(order, held?.person);
  const person = held?.person ? register.persons.get(held.person) : undefined;
  const report = standingEntity<PresenceReport>(held);
  putObject(item, register, { kind: 'presence', person: held?.person ?? null, entity: report });
  if (person === undefined || report === null) {
    return filtered('filtered:unchanged', held?.person, 'the report was never known');
  }
  return announced(person.id, announcePresence(person, presenceType(report, 'cancelled'), report));
}

/** What the retention deletes must not come back when its source says it again. */
function isTooOld(
  { fact, huvudman }: SourceFact<PresenceReported>,
  { settings, today }: Deciding,
): boolean {
  if (settings.retention().mode !== 'erase') return false;
  return lastDayOf(fact) < presenceKeptFrom(huvudman, today, settings);
}

function presenceType(
  report: PresenceReport,
  verb: 'reported' | 'corrected' | 'cancelled',
): CanonicalEvent['type'] {
  return `se.elevnav.${report.kind === 'absence' ? 'absence' : 'attendance'}.${verb}`;
}
