import { Controller } from '@nestjs/common';
import { SCHEMAS, type FindingData } from '#canonical';
import { BatchHandler, type EventBatch, type ReceivedEvent } from '#stage';
import { KnowledgeStore } from './knowledge.store.js';

/** What makes the facts of a person stale. */
const PERSON_CAUSE = 'event-parked';
/** What makes those of all persons of a source's huvudman stale. */
const SOURCE_CAUSE = 'source-silent';
/** Stages whose parked events test-access has not seen; what is parked behind it changes nothing that it knows. */
const STAGES_BEFORE: ReadonlySet<string> = new Set([
  'ingest',
  'collect',
  'normalise',
  'test-access',
]);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Keeps which persons have a parked event, and which sources are silent. */
@Controller()
export class FindingsHandler {
  constructor(private readonly knowledge: KnowledgeStore) {}

  @BatchHandler({ stage: 'test-access', groups: [['findings']] })
  handle({ events, unit }: EventBatch): Promise<void> {
    const findings: FindingData[] = [];
    for (const event of events) {
      const finding = readFinding(event);
      if (finding !== undefined) findings.push(finding);
    }
    this.knowledge.note(findings, unit);
    return Promise.resolve();
  }
}

/** A finding that matters; of one that breaks its contract the dashboard tells, who shows all of them. */
function readFinding({ data }: ReceivedEvent): FindingData | undefined {
  if (!SCHEMAS.finding.check(data)) return undefined;
  const { cause, stage, subject, source } = data as FindingData;
  const isAboutPerson =
    cause === PERSON_CAUSE && STAGES_BEFORE.has(stage) && UUID.test(subject ?? '');
  const isAboutSource = cause === SOURCE_CAUSE && source !== undefined;
  if (isAboutPerson) return data as FindingData;
  return isAboutSource ? { ...(data as FindingData), subject: undefined } : undefined;
}
