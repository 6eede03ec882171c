import type { AccessEventData, MergeChange, PersonState, SeparationChange } from '#canonical';
import type { AudienceContext, HubEvent, Message } from './audience.js';
import { matchAudience } from './match-audience.js';
import type { ViewStore } from './view.store.js';

interface Hearing extends Pick<AudienceContext, 'causeHuvudman' | 'publicId'> {
  readonly views: ViewStore;
  readonly sequence: string;
}

/** Who is to be told what; `markSeen` is for when they have been. */
export interface HeardEvent {
  readonly messages: readonly Message[];
  markSeen(): void;
}

/** Takes in one event of the hub's: each huvudman goes on with the ids that it knows, and is told what it may know (decision 11). */
export function hearEvent(hub: HubEvent, hearing: Hearing): HeardEvent | 'older' {
  const { views, sequence, causeHuvudman, publicId } = hearing;
  const { topic, subject } = hub;
  const merged = mergeOf(hub);
  if (merged?.from === subject) {
    return { messages: endOf(hub, merged, views), markSeen: () => undefined };
  }
  adopt(hub, hearing);
  if (!views.isNewer(topic, subject, sequence)) return 'older';
  const messages = matchAudience(hub, {
    told: views.toldOf(subject),
    causeHuvudman,
    publicId: (huvudman, id) => views.subjectFor(huvudman, id) ?? publicId(huvudman, id),
  });
  return { messages, markSeen: () => views.markSeen(topic, subject, sequence) };
}

/** The id of a person who turned out to be another has ended: told to those who know both, by the one that stays. */
function endOf(
  { event }: HubEvent,
  { from, into }: MergeChange['merged'],
  views: ViewStore,
): Message[] {
  views.adoptFormer(from, into);
  return views.endedRowsOf(from).map(({ huvudman, subject }) => ({
    huvudman,
    type: event.type,
    subject,
    data: { person: { id: views.subjectFor(huvudman, into) } },
    view: null,
  }));
}

/** The subject, and those under whom huvudmän may know it. */
export function subjectsOf({ subject, event }: HubEvent): string[] {
  const { formerIds = [], splitFrom } = originOf(event);
  const others = [splitFrom?.id, mergeOf({ event })?.into, separationOf({ event })?.apart];
  return [subject, ...formerIds, ...others.filter((id) => id !== undefined)];
}

/** Lets each huvudman go on with the id by which it knows the person, whatever the hub has found out meanwhile. */
function adopt({ subject, event }: HubEvent, { views, publicId }: Hearing): void {
  const { formerIds = [], splitFrom } = originOf(event);
  const separated = separationOf({ event });
  if (separated?.from === subject) {
    const huvudmen = separated.other.splitFrom?.huvudmen ?? [];
    views.adoptPart({ whole: subject, part: separated.apart, huvudmen }, publicId);
  }
  for (const former of formerIds) views.adoptFormer(former, subject);
  if (splitFrom) {
    views.adoptPart({ whole: splitFrom.id, part: subject, huvudmen: splitFrom.huvudmen }, publicId);
  }
}

/** Of a person's event: whom the person was known as before. */
function originOf({ data }: HubEvent['event']): Pick<PersonState, 'formerIds' | 'splitFrom'> {
  if (!('person' in data)) return {};
  return typeof data.person === 'string' ? (data as AccessEventData) : data.person;
}

function mergeOf({ event }: Pick<HubEvent, 'event'>): MergeChange['merged'] | undefined {
  const { data } = event;
  return 'change' in data && 'merged' in data.change ? data.change.merged : undefined;
}

function separationOf({
  event,
}: Pick<HubEvent, 'event'>): SeparationChange['separated'] | undefined {
  const { data } = event;
  return 'change' in data && 'separated' in data.change ? data.change.separated : undefined;
}
