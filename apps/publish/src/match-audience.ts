import type { ActivityEvent, ActivityState, GroupEvent, GroupState, OrganisationEvent, PersonEvent } from '#canonical'; // prettier-ignore
import { ALLOWED, allowed } from './allow-list.js';
import type { AudienceContext, HubEvent, Message } from './audience.js';
import { matchAccess } from './match-access.js';
import { matchPerson } from './match-person.js';

/**
 * Who may see this event, and how much of it: one message per huvudman, before which a person’s first ones begin (design §3.4, §8). A huvudman sees what its own
 * sources assert and the access entries at its own units; of a protected person it sees ids and the type only. Nobody is told of
 * an event that changes nothing they may know, since the moment alone would tell of another huvudman.
 */
export function matchAudience(hub: HubEvent, context: AudienceContext): readonly Message[] {
  if (hub.topic === 'access.events') return matchAccess(hub.event, hub.subject, context);
  const { event } = hub;
  if ('person' in event.data) return matchPerson(event as PersonEvent, hub.subject, context);
  if ('organisation' in event.data) return matchOrganisation(event as OrganisationEvent, context);
  if ('group' in event.data) return matchGroup(event as GroupEvent, context);
  return matchActivity(event as ActivityEvent, context);
}

const OWNED = '"owned"';

/** A school unit that has gone to another owner is told to the one that had it, without a word of the new owner. */
function matchOrganisation(event: OrganisationEvent, context: AudienceContext): Message[] {
  const { organisation } = event.data;
  const { id, schoolUnitCode, huvudman: owner } = organisation;
  const message = { type: event.type, subject: id, schoolUnit: schoolUnitCode };
  const former = context.told.filter((told) => told.huvudman !== owner && told.view === OWNED);
  return [
    {
      ...message,
      huvudman: owner,
      data: { organisation: allowed(organisation, ALLOWED.organisation) },
      view: OWNED,
    },
    ...former.map(({ huvudman }) => ({
      ...message,
      huvudman,
      type: 'se.elevnav.organisation.closed',
      data: { organisation: { id, schoolUnitCode } },
      view: null,
    })),
  ];
}

function matchGroup(event: GroupEvent, context: AudienceContext): Message[] {
  const { group } = event.data;
  return matchThing('group', event.type, { thing: group, view: allowed(group, ALLOWED.group) }, context); // prettier-ignore
}

function matchActivity(event: ActivityEvent, context: AudienceContext): Message[] {
  const { activity } = event.data;
  return matchThing('activity', event.type, { thing: activity, view: allowed(activity, ALLOWED.activity) }, context); // prettier-ignore
}

/** What the view notes of a group or activity that is a huvudman's own: all that it is told again when the thing goes to another. */
interface OwnThing {
  readonly own: Pick<GroupState, 'id' | 'schoolUnit'>;
}

/**
 * A group or activity is its huvudman's. One that had it before, with the school unit, is told once that it has ended, in words that it
 * was told already; to the new one it begins.
 */
function matchThing(
  entity: 'group' | 'activity',
  type: string,
  { thing, view }: { readonly thing: GroupState | ActivityState; readonly view: object },
  context: AudienceContext,
): Message[] {
  const { id, huvudman: owner, schoolUnit } = thing;
  const own: OwnThing = { own: { id, ...(schoolUnit && { schoolUnit }) } };
  const former = context.told
    .filter((told) => told.huvudman !== owner)
    .flatMap(({ huvudman, view: text }) => {
      const had = text?.startsWith('{"own":') ? (JSON.parse(text) as OwnThing).own : undefined;
      return had === undefined ? [] : [{ huvudman, had }];
    });
  const begins = former.length > 0 && type.endsWith('.changed');
  return [
    {
      huvudman: owner,
      type: begins ? `se.elevnav.${entity}.started` : type,
      subject: id,
      schoolUnit,
      data: { [entity]: view },
      view: JSON.stringify(own),
    },
    ...former.map(({ huvudman, had }) => ({
      huvudman,
      type: `se.elevnav.${entity}.ended`,
      subject: had.id,
      schoolUnit: had.schoolUnit,
      data: { [entity]: had },
      view: null,
    })),
  ];
}
