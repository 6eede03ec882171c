import { readRecord } from './read-record.js';
import type { Stage } from './stage.js';
import type { Unit } from './unit.js';
import type { ReceivedEvent } from './unit-of-work.js';

interface OpenRow {
  readonly id: number;
  readonly topic: string;
  readonly partition: number;
  readonly record_offset: number;
  readonly key: string;
  readonly headers: Record<string, string>;
  readonly value: Buffer | null;
}

/** Lets events wait behind their object's parked ones; one with the full state does not wait, and replaces those that it is not older than. */
export async function readyEvents(
  stage: Stage,
  unit: Unit,
  fresh: readonly ReceivedEvent[],
): Promise<readonly ReceivedEvent[]> {
  if (fresh.length === 0) return fresh;
  const open = await unit.query<{ key: string }>(stage.statements.openKeys, [
    [...new Set(fresh.map(({ key }) => key))],
  ]);
  if (open.length === 0) return fresh;
  const waiting = new Set(open.map(({ key }) => key));
  const isWhole = (event: ReceivedEvent): boolean => stage.options.replaces?.(event) ?? false;
  const parked = await readParked(stage, unit, fresh.filter((event) => waiting.has(event.key) && isWhole(event))); // prettier-ignore
  const replaced: number[] = [];
  const ready: ReceivedEvent[] = [];
  for (const event of fresh) {
    if (!waiting.has(event.key) || stage.options.waits?.(event) === false) ready.push(event);
    else if (isWhole(event)) {
      const rows = parked.get(event.key) ?? [];
      const stay = rows.filter((row) => isOlderThan(stage, event, row));
      replaced.push(...rows.filter((row) => !stay.includes(row)).map(({ id }) => id));
      parked.set(event.key, stay);
      if (stay.length === 0) waiting.delete(event.key);
      ready.push(event);
    } else {
      unit.park(event, WAITS_BEHIND(event.topic));
    }
  }
  if (replaced.length > 0) unit.write(stage.statements.replaceParked, [replaced]);
  return ready;
}

async function readParked(
  stage: Stage,
  unit: Unit,
  events: readonly ReceivedEvent[],
): Promise<Map<string, readonly OpenRow[]>> {
  const parked = new Map<string, readonly OpenRow[]>();
  if (events.length === 0) return parked;
  const keys = [...new Set(events.map(({ key }) => key))];
  for (const row of await unit.query<OpenRow>(stage.statements.openParked, [keys])) {
    parked.set(row.key, [...(parked.get(row.key) ?? []), row]);
  }
  return parked;
}

/** What cannot be read says nothing that is newer. */
function isOlderThan({ options }: Stage, event: ReceivedEvent, row: OpenRow): boolean {
  if (options.isOlder === undefined) return false;
  const { record_offset: offset, key, value, headers } = row;
  const read = readRecord(row, { offset, key: Buffer.from(key), value, headers, timestampMs: 0 });
  return read.ok && options.isOlder(event, read.event);
}

const WAITS_BEHIND = (causeGroup: string) => ({
  code: 'waits-behind' as const,
  causeGroup,
  issues: [
    {
      pointer: '/',
      says: 'An earlier event of the same object is parked; this one waits behind it.',
    },
  ],
});
