import { Controller } from '@nestjs/common';
import { SCHEMAS, type FindingData, type PayloadSchema, type TrailData } from '#canonical';
import { BatchHandler, type EventBatch, type ReceivedEvent, type UnitOfWork } from '#stage';
import { FindingStore } from './finding.store.js';
import { ProcessStore } from './process.store.js';
import { TrailStore } from './trail.store.js';

/** Keeps what the stages tell of themselves. */
@Controller()
export class TrailHandler {
  constructor(
    private readonly trail: TrailStore,
    private readonly processes: ProcessStore,
    private readonly findings: FindingStore,
  ) {}

  @BatchHandler({ stage: 'dashboard', groups: [['trail'], ['findings']] })
  async handle({ events, unit }: EventBatch): Promise<void> {
    const told = events.filter(({ topic }) => topic === 'trail');
    const found = events.filter(({ topic }) => topic === 'findings');
    if (told.length > 0) {
      const records = readable<TrailData>(told, SCHEMAS.trail, unit);
      await this.trail.add(records, unit);
      await this.processes.note(records, unit);
    }
    if (found.length > 0)
      await this.findings.note(readable<FindingData>(found, SCHEMAS.finding, unit), unit);
  }
}

function readable<T>(
  events: readonly ReceivedEvent[],
  schema: PayloadSchema,
  unit: UnitOfWork,
): T[] {
  return events.flatMap((event) => {
    if (schema.check(event.data)) return [event.data as T];
    unit.park(event, {
      code: 'bad-data',
      causeGroup: event.topic,
      issues: schema
        .faults(event.data)
        .map(({ pointer, expected }) => ({ pointer, says: expected })),
    });
    return [];
  });
}
