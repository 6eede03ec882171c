import { causationOf, eventId, formatSequence, type Envelope } from '#canonical';
import type { UnitOfWork } from '#stage';
import type { Announcement } from './decide/verdict.js';

const SOURCE = 'urn:elevnav:normalise';

/**
 * Puts canonical events in the outbox, because of a source event or a command.
 * @param occasion what the ids of the events follow from, where one cause has several occasions; else the cause itself.
 * @param ordinals how many were told of each subject because of it already.
 */
export function tellAnnouncements(
  unit: UnitOfWork,
  because: Pick<Envelope, 'source' | 'id' | 'time' | 'traceparent'>,
  told: {
    readonly announcements: readonly Announcement[];
    readonly ordinals: Map<string, number>;
    readonly occasion?: string;
  },
): void {
  const cause = causationOf(because);
  const { announcements, ordinals, occasion = cause } = told;
  for (const { type, subject, number, dataschema, data, schoolUnit } of announcements) {
    const ordinal = ordinals.get(subject) ?? 0;
    ordinals.set(subject, ordinal + 1);
    unit.emit({
      topic: 'canonical.events',
      key: subject,
      cause,
      data,
      envelope: {
        id: eventId(occasion, 'normalise', subject, ordinal),
        source: SOURCE,
        type,
        subject,
        time: because.time ?? unit.now.toISOString(),
        dataschema,
        partitionkey: subject,
        sequence: formatSequence(unit.epoch, number),
        causationid: cause,
        ...(schoolUnit === undefined ? undefined : { schoolunit: schoolUnit }),
        ...(because.traceparent === undefined ? undefined : { traceparent: because.traceparent }),
      },
    });
  }
}
