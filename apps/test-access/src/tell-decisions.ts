import {
  SCHEMAS,
  eventId,
  formatSequence,
  uuidV5,
  type AccessEventData,
  type PersonState,
} from '#canonical';
import type { UnitOfWork } from '#stage';
import type { AccessRow } from './access.store.js';
import type { AccessDecision } from './rules/compare-entries.js';
import type { AccessOutcome } from './rules/decide-access.js';

export const STAGE = 'test-access';
const SOURCE = `urn:elevnav:${STAGE}`;

/** The namespace of the ids of access entries and test assignments. */
const ACCESS_NAMESPACE = '3d1f2c53-0a1e-5b52-9a55-6d0c9b3e7f41';

/** The same name always gives the same id, so that what is decided again is no second thing. */
export function newId(name: string): string {
  return uuidV5(ACCESS_NAMESPACE, name);
}

/** What an outcome is told because of. */
export interface Occasion {
  /** Names the occasion for good: the id of the canonical event, the row's due instant, or the replay. */
  readonly id: string;
  /** The source event, or the command, in the end behind it; absent when only time has passed. */
  readonly causationid?: string;
  readonly traceparent?: string;
}

/** Puts an outcome's events and findings in the outbox, and the outcome in the row. */
export function tellDecisions(
  unit: UnitOfWork,
  row: AccessRow,
  outcome: AccessOutcome,
  about: { readonly facts: PersonState; readonly text: string; readonly occasion: Occasion },
): void {
  const { facts, text, occasion } = about;
  row.decide(text, outcome.state, outcome.nextDue);
  tellAccess(unit, row, outcome.events, { facts, occasion });
  for (const finding of outcome.findings) unit.finding(finding);
}

/** Puts events in the outbox, each with the access that the row has now. */
export function tellAccess(
  unit: UnitOfWork,
  row: AccessRow,
  events: readonly AccessDecision[],
  { facts, occasion }: { readonly facts: PersonState; readonly occasion: Occasion },
): void {
  events.forEach(({ type, change }, ordinal) => {
    const id = eventId(occasion.id, STAGE, row.person, ordinal);
    const data: AccessEventData = {
      person: row.person,
      ...(facts.formerIds && { formerIds: facts.formerIds }),
      ...(facts.splitFrom && { splitFrom: facts.splitFrom }),
      securityMarking: facts.securityMarking,
      access: row.record.access,
      change,
    };
    unit.emit({
      topic: 'access.events',
      key: row.person,
      cause: occasion.causationid ?? `${SOURCE} ${id}`,
      data,
      envelope: {
        id,
        source: SOURCE,
        type,
        subject: row.person,
        time: unit.now.toISOString(),
        dataschema: SCHEMAS.access.dataschema,
        partitionkey: row.person,
        sequence: formatSequence(unit.epoch, row.nextNumber()),
        causationid: occasion.causationid,
        traceparent: occasion.traceparent,
      },
    });
  });
}
