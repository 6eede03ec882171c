import { createHash } from 'node:crypto';
import { adapterNamed } from '#adapters';
import { sourceUrn } from '#canonical';
import type { HuvudmanKeys, Settings } from '#stage';
import { judgeEvent } from '../../apps/ingest/src/judge/judge-event.js';
import type { InventedEvent } from '../bench/invent-events.js';
import type { SeedRecord } from './seed-stage.js';

const KEY_DIGITS = 32;
const LIMITS = { depthMax: 20, bytesMax: 256 * 1024 };

/** The CloudEvent that a system would push. */
export function cloudEvent(run: string, { number, source, type, data }: InventedEvent): object {
  return {
    specversion: '1.0',
    id: `${run}-${number}`,
    source: sourceUrn(source),
    type,
    datacontenttype: 'application/json',
    data,
  };
}

/** What the door makes of an event: the same verdict and the same record. */
export function seedDoor(parts: {
  readonly settings: Pick<Settings, 'source'>;
  readonly keys: Pick<HuvudmanKeys, 'digest'>;
}): (event: object, source: string) => SeedRecord {
  return (event, source) => {
    const verdict = judgeEvent(event, {
      clientId: parts.settings.source(source)?.clients[0] ?? '',
      actsFor: undefined,
      sourceSetting: (id) => parts.settings.source(id),
      adapterNamed,
      recordKey: (id, kind, objectId) =>
        parts.keys.digest('record-key', `${id} ${kind} ${objectId}`).slice(0, KEY_DIGITS),
      newTraceparent: () => traceparentOf(event),
      limits: LIMITS,
      looksAhead: false,
    });
    if (verdict.verdict === 'accepted') return verdict.record;
    throw new Error(`The door would refuse an event of the seed: ${verdict.code}.`);
  };
}

function traceparentOf(event: object): string {
  const hex = createHash('sha256')
    .update(String((event as { id?: string }).id))
    .digest('hex');
  return `00-${hex.slice(0, 32)}-${hex.slice(32, 48)}-01`;
}
