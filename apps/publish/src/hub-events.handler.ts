import { Controller } from '@nestjs/common';
import { eventId, formatSequence, huvudmanTopic, schemaOf, sourceIdOf, type Envelope } from '#canonical'; // prettier-ignore
import {
  BatchHandler,
  HuvudmanKeys,
  Settings,
  type EventBatch,
  type ReceivedEvent,
  type UnitOfWork,
} from '#stage';
import type { HubEvent, Message } from './audience.js';
import { hearEvent, subjectsOf } from './hear-event.js';
import { SubscriberTopics } from './subscriber-topics.js';
import { TOLD } from './told-schema.js';
import { ViewStore, type HubTopic } from './view.store.js';

const SOURCE = 'urn:elevnav:publish';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** An event that was read and kept its contract. */
interface Readable {
  readonly received: ReceivedEvent;
  readonly hub: HubEvent;
  readonly sequence: string;
  /** The source event behind it; undefined when the hub itself is the cause. */
  readonly cause: string;
  readonly causeHuvudman: string | undefined;
}

/** Tells each huvudman what it may know of what changed. */
@Controller()
export class HubEventsHandler {
  constructor(
    private readonly settings: Settings,
    private readonly keys: HuvudmanKeys,
    private readonly topics: SubscriberTopics,
  ) {}

  @BatchHandler({ stage: 'publish', groups: [['canonical.events', 'access.events']] })
  async handle({ events, unit }: EventBatch): Promise<void> {
    const readable = events.flatMap((event) => this.read(event, unit) ?? []);
    const views = await ViewStore.load(unit, [
      ...new Set(readable.flatMap(({ hub }) => subjectsOf(hub))),
    ]);
    const told = new Set<string>();
    for (const event of readable) {
      for (const { huvudman } of this.publish(event, views, unit)) told.add(huvudman);
    }
    await this.topics.ensure([...told]);
    views.save();
  }

  private read(received: ReceivedEvent, unit: UnitOfWork): Readable | undefined {
    const { envelope, data } = received;
    const topic = received.topic as HubTopic;
    const schema = schemaOf(topic, envelope.type);
    if (!schema) {
      unit.park(received, {
        code: 'unknown-type',
        causeGroup: envelope.type.slice(0, 200),
        issues: [
          {
            pointer: '/',
            says: `${topic} has no such type: deploy a publish that knows it, then retry.`,
          },
        ],
      });
      return undefined;
    }
    const faults = schema.check(data) ? [] : schema.faults(data);
    const subject = subjectOf(received);
    if (faults.length > 0 || !envelope.sequence || !subject) {
      const missing = { pointer: '/', expected: 'ce_sequence and a subject that is a UUID' };
      unit.park(received, {
        code: 'bad-data',
        causeGroup: `${topic} ${envelope.type}`,
        issues: (faults.length > 0 ? faults : [missing]).map(({ pointer, expected }) => ({
          pointer,
          says: expected,
        })),
      });
      return undefined;
    }
    unit.about(received, subject);
    const cause = envelope.causationid ?? `${envelope.source} ${envelope.id}`;
    return {
      received,
      hub: { topic, event: { type: envelope.type, data }, subject } as HubEvent,
      sequence: envelope.sequence,
      cause,
      causeHuvudman: this.huvudmanOfCause(cause),
    };
  }

  private publish(event: Readable, views: ViewStore, unit: UnitOfWork): readonly Message[] {
    const { hub, received, sequence } = event;
    if (hub.topic === 'canonical.events' && hub.event.type.startsWith('se.elevnav.test.')) {
      // What a test platform reports is published by its effect, which comes over access.events.
      unit.settle(received, 'filtered:irrelevant');
      return [];
    }
    const heard = hearEvent(hub, {
      views,
      sequence,
      causeHuvudman: event.causeHuvudman,
      publicId: (huvudman, hubId) => this.keys.personId(huvudman, hubId),
    });
    if (heard === 'older') {
      unit.settle(received, 'filtered:older');
      return [];
    }
    const messages = heard.messages.filter(
      ({ huvudman }) => this.settings.huvudman(huvudman) !== undefined,
    );
    for (const [index, message] of messages.entries()) {
      const before = messages
        .slice(0, index)
        .filter(({ huvudman }) => huvudman === message.huvudman);
      this.tell(message, event, { views, unit, index: before.length });
    }
    heard.markSeen();
    unit.settle(received, messages.length > 0 ? 'published' : 'filtered:no-audience');
    return messages;
  }

  private tell(
    message: Message,
    event: Readable,
    { views, unit, index }: { views: ViewStore; unit: UnitOfWork; index: number },
  ): void {
    const { huvudman, subject } = message;
    const { envelope } = event.received;
    const ids = { subject, hubSubject: event.hub.subject };
    const count = views.tell(huvudman, ids, message.view);
    const told: Envelope = {
      id: eventId(envelope.id, 'publish', `${huvudman}/${subject}`, index),
      source: SOURCE,
      type: message.type,
      subject,
      sequence: formatSequence(unit.epoch, count),
      dataschema: TOLD.dataschema,
      partitionkey: subject,
      huvudman,
      schoolunit: message.schoolUnit,
      ...this.origin(event, huvudman, unit),
    };
    unit.emit({
      topic: huvudmanTopic(huvudman),
      key: subject,
      envelope: told,
      data: message.data,
      cause: event.cause,
    });
  }

  /**
   * Where it came from, only towards the huvudman whose own source it was. Another sees neither that event's id nor its time to
   * the millisecond, either of which two huvudmän could lay side by side; it sees when the hub told it.
   */
  private origin(event: Readable, huvudman: string, unit: UnitOfWork): Partial<Envelope> {
    const { time, causationid, traceparent } = event.received.envelope;
    if (event.causeHuvudman !== huvudman) return { time: unit.now.toISOString() };
    return { time: time ?? unit.now.toISOString(), causationid, traceparent };
  }

  /** Undefined for a national source, and for what the hub did by itself. */
  private huvudmanOfCause(cause: string): string | undefined {
    const sourceId = sourceIdOf(cause.slice(0, cause.indexOf(' ')));
    return (sourceId && this.settings.source(sourceId)?.huvudman) || undefined;
  }
}

/** The hub's id of what the event is about: the envelope's subject, which of a merge names the id that has ended. */
function subjectOf({ envelope, key }: ReceivedEvent): string | undefined {
  return [envelope.subject, key].find((id) => id !== undefined && UUID.test(id));
}
