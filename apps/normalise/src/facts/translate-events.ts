import { sourceIdOf, sourceTopic, type HuvudmanSetting, type RetentionSetting, type SourceSetting } from '#canonical'; // prettier-ignore
import { adapterNamed, type Adapter } from '#adapters';
import type { ParkReason, ReceivedEvent } from '#stage';
import { badData, unknownSource } from '../decide/park-reasons.js';
import type { Fact } from '#adapters';

/** What normalise asks of the settings. */
export interface RegisterSettings {
  huvudman(id: string): HuvudmanSetting | undefined;
  huvudmen(): HuvudmanSetting[];
  source(id: string): SourceSetting | undefined;
  sources(): SourceSetting[];
  retention(): Required<RetentionSetting>;
}

export type TranslatedEvent =
  | { readonly ok: true; readonly source: SourceSetting; readonly facts: readonly Fact[] }
  | { readonly ok: false; readonly reason: ParkReason };

/** Finds the source and its adapter, and lets the adapter tell the facts. What cannot be used is a reason to park, never thrown. */
export function translateEvent(
  event: ReceivedEvent,
  settings: RegisterSettings,
  findAdapter: (name: string) => Adapter | undefined = adapterNamed,
): TranslatedEvent {
  const sourceId = sourceIdOf(event.envelope.source);
  const source = sourceId === undefined ? undefined : settings.source(sourceId);
  if (source === undefined) {
    return parked(
      unknownSource('source', 'expected a source that the settings name; add it, then retry'),
    );
  }
  if (source.huvudman !== null && settings.huvudman(source.huvudman) === undefined) {
    return parked(
      unknownSource(
        `source/${source.id}`,
        'expected the source’s huvudman among the settings; add it, then retry',
      ),
    );
  }
  const adapter = findAdapter(source.adapter);
  if (adapter === undefined || sourceTopic(adapter.kind) !== event.topic) {
    return parked(
      unknownSource(
        `source/${source.id}`,
        'expected the source’s settings to name an adapter of this kind of system; correct them, then retry',
      ),
    );
  }
  const { type, time } = event.envelope;
  const translation = adapter.translate({
    type,
    data: event.data,
    ...(time === undefined ? undefined : { time }),
  });
  return translation.ok
    ? { ok: true, source, facts: translation.facts }
    : parked(badData(source.id, translation.issues));
}

function parked(reason: ParkReason): TranslatedEvent {
  return { ok: false, reason };
}
