import type { PersonEvent, PersonState, PresenceReport } from '#canonical';
import { ALLOWED, allowed } from './allow-list.js';
import type { AudienceContext, Message } from './audience.js';

/** Who may see an event about a person, and how much of it. */
export function matchPerson(
  event: PersonEvent,
  subject: string,
  context: AudienceContext,
): readonly Message[] {
  const { person, change } = event.data;
  switch (entityOf(event.type)) {
    case 'person':
      return begun(matchPersonChange(event, subject, context), person, context);
    case 'enrolment':
    case 'duty':
      return begun(matchThingChange(event, subject, context), person, context);
    case 'absence':
    case 'attendance':
      return [presenceMessage(event.type, { person, report: change as PresenceReport }, context)];
    case 'test':
      // What a test platform reports is published by its effect, which comes as an access event.
      return [];
  }
}

type PersonEntity = 'person' | 'enrolment' | 'duty' | 'test' | 'absence' | 'attendance';

function entityOf(type: PersonEvent['type']): PersonEntity {
  return type.split('.')[2] as PersonEntity;
}

/**
 * Told are: the huvudman whose source caused it, and everyone whose own view of the person has become another. Beyond that, all
 * who were ever told of the person must hear of an erasure and of protection (they may hold more than they now may).
 */
function matchPersonChange(
  event: PersonEvent,
  subject: string,
  context: AudienceContext,
): readonly Message[] {
  const { person, change } = event.data;
  const isErased = event.type === 'se.elevnav.person.erased';
  // That a person is one with another, or is two, is nobody's to know: whoever sees something else by it is told of that.
  const isHidden = 'merged' in change || 'separated' in change;
  const toAllTold = isErased || event.type === 'se.elevnav.person.protected';
  const toldViews = new Map(context.told.map(({ huvudman, view }) => [huvudman, view]));
  const messages: Message[] = [];
  const concerned = new Set([...huvudmenOf(person), ...toldViews.keys()]);
  if (context.causeHuvudman !== undefined && !isHidden) concerned.add(context.causeHuvudman);
  for (const huvudman of concerned) {
    const view = isErased ? null : viewOf(person, huvudman);
    const text = view && JSON.stringify(view);
    const before = toldViews.get(huvudman);
    const isOwn = context.causeHuvudman === huvudman && !isHidden;
    const isToldAnyway = toAllTold && before !== undefined;
    const isSame = text === (before ?? null);
    const fields =
      isOwn && 'fields' in change ? ownFields(change.fields) : changedParts(before, view);
    const isNothing = isSame && fields.length === 0 && event.type === 'se.elevnav.person.updated';
    if (isNothing || (!isOwn && !isToldAnyway && isSame)) continue;
    const id = context.publicId(huvudman, person.id);
    messages.push({
      huvudman,
      type: isHidden ? changedProtection(before, person) : typeFor(event.type, isOwn),
      subject: subject === person.id ? id : context.publicId(huvudman, subject),
      data: isProtected(person)
        ? { person: { id } }
        : { person: { id, ...view }, change: { fields } },
      view: text,
    });
  }
  return messages;
}

/**
 * Whether the pupil is known at another huvudman too, as one who was registered before or who goes on there, must not show (design §8).
 * Each hears first of all that somebody is registered, and that a record of its own is withdrawn, whatever others still say.
 */
function typeFor(type: PersonEvent['type'], isOwn: boolean): PersonEvent['type'] {
  if (type !== 'se.elevnav.person.dormant' && type !== 'se.elevnav.person.withdrawn') return type;
  return isOwn ? 'se.elevnav.person.withdrawn' : 'se.elevnav.person.updated';
}

/** Parts of the hub's whole picture say what others have. */
const WHOLE = new Set(['standing', 'claims']);

function ownFields(fields: readonly string[]): string[] {
  return fields.filter((field) => !WHOLE.has(field));
}

/** Before the first words about somebody whom the hub knows already stand those with which anybody begins. */
function begun(
  messages: readonly Message[],
  person: PersonState,
  { told }: AudienceContext,
): readonly Message[] {
  const known = new Set(told.flatMap(({ huvudman, view }) => (view === null ? [] : [huvudman])));
  if (messages.every(({ huvudman }) => known.has(huvudman))) return messages;
  return messages.flatMap((message) => {
    const { huvudman, subject, view, type, data } = message;
    const isBegun = type === 'se.elevnav.person.registered' || type === 'se.elevnav.person.erased';
    if (known.has(huvudman) || isBegun || !view) return [message];
    const { person: seen } = data as { person: object };
    const first = { huvudman, subject, view };
    const registered = { ...first, type: 'se.elevnav.person.registered' };
    const rest = type === 'se.elevnav.person.updated' ? [] : [message];
    if (!isProtected(person)) {
      return [{ ...registered, data: { person: seen, change: { fields: [] } } }, ...rest];
    }
    const only = { person: seen };
    const isSaid = type === 'se.elevnav.person.protected';
    const hidden = isSaid ? [] : [{ ...first, type: 'se.elevnav.person.protected', data: only }];
    return [{ ...registered, data: only }, ...hidden, ...rest];
  });
}

/** What a merge or a separation is to a huvudman that sees something else by it: it may have been told more than it now may know. */
function changedProtection(
  before: string | null | undefined,
  person: PersonState,
): PersonEvent['type'] {
  const wasProtected = before ? (JSON.parse(before) as PersonView).protected === true : undefined;
  if (wasProtected === undefined || wasProtected === isProtected(person)) {
    return 'se.elevnav.person.updated';
  }
  return wasProtected ? 'se.elevnav.person.unprotected' : 'se.elevnav.person.protected';
}

/** An enrolment or a duty concerns the huvudman of the source that says it, and nobody else. */
function matchThingChange(
  event: PersonEvent,
  subject: string,
  context: AudienceContext,
): readonly Message[] {
  const { person, change } = event.data;
  const { id: thingId } = change as { id: string };
  const thing =
    person.enrolments.find(({ id }) => id === thingId) ??
    person.duties.find(({ id }) => id === thingId);
  const huvudman = thing?.huvudman ?? formerHuvudman(thingId, context);
  if (huvudman === undefined) return [];
  const view = viewOf(person, huvudman);
  const id = context.publicId(huvudman, person.id);
  const base = {
    huvudman,
    type: event.type,
    subject: context.publicId(huvudman, subject),
    view: view && JSON.stringify(view),
  };
  if (isProtected(person)) {
    return [{ ...base, data: { person: { id }, change: { id: thingId } } }];
  }
  return [
    {
      ...base,
      schoolUnit: thing?.schoolUnit,
      data: { person: { id, ...view }, change: { id: thingId } },
    },
  ];
}

/** Whose thing it was that the person's state no longer holds: the one that was told of it. */
function formerHuvudman(thingId: string, context: AudienceContext): string | undefined {
  return context.told.find(({ view }) => view?.includes(`"${thingId}"`))?.huvudman;
}

function presenceMessage(
  type: string,
  { person, report }: { person: PersonState; report: PresenceReport },
  context: AudienceContext,
): Message {
  const id = context.publicId(report.huvudman, person.id);
  const base = { huvudman: report.huvudman, type, subject: id };
  if (isProtected(person)) {
    return { ...base, data: { person: { id }, change: { id: report.id } } };
  }
  return {
    ...base,
    schoolUnit: report.schoolUnit,
    data: { person: { id }, change: allowed(report, ALLOWED.presence) },
  };
}

interface PersonView {
  readonly protected?: true;
  /** Of a protected person the view notes only which things there are. */
  readonly things?: readonly string[];
  readonly eppns?: readonly string[];
  readonly enrolments?: readonly object[];
  readonly duties?: readonly object[];
}

/**
 * What one huvudman may know of the person: what its own sources assert. Null when they assert nothing, whatever others say; of a
 * protected person only that there is something.
 */
function viewOf(person: PersonState, huvudman: string): PersonView | null {
  const isOwn = (thing: { huvudman: string }): boolean => thing.huvudman === huvudman;
  const eppns = person.eppns.filter(isOwn);
  const enrolments = person.enrolments.filter(isOwn);
  const duties = person.duties.filter(isOwn);
  if (eppns.length + enrolments.length + duties.length === 0) return null;
  if (isProtected(person)) {
    return { protected: true, things: [...enrolments, ...duties].map(({ id }) => id) };
  }
  return {
    eppns: [...new Set(eppns.map(({ value }) => value))],
    enrolments: enrolments.map((enrolment) => allowed(enrolment, ALLOWED.enrolment)),
    duties: duties.map((duty) => allowed(duty, ALLOWED.duty)),
  };
}

function huvudmenOf(person: PersonState): Set<string> {
  return new Set(
    [...person.eppns, ...person.enrolments, ...person.duties].map(({ huvudman }) => huvudman),
  );
}

function isProtected(person: PersonState): boolean {
  return person.securityMarking !== 'Ingen';
}

/** What differs for a huvudman whose own source did not cause the event: parts of its own view, never the cause's fields. */
function changedParts(before: string | null | undefined, view: PersonView | null): string[] {
  const old = before ? (JSON.parse(before) as PersonView) : {};
  const parts = ['eppns', 'enrolments', 'duties'] as const;
  return parts.filter(
    (part) => JSON.stringify(old[part] ?? []) !== JSON.stringify(view?.[part] ?? []),
  );
}
