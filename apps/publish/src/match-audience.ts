import type { ActivityEvent, GroupEvent, OrganisationEvent, PersonEvent } from '#canonical';
import { ALLOWED, allowed } from './allow-list.js';
import type { AudienceContext, HubEvent, Message } from './audience.js';
import { matchAccess } from './match-access.js';
import { matchPerson } from './match-person.js';

/**
 * Who may see this event, and how much of it: at most one message per huvudman (design §3.4, §8). A huvudman sees what its own
 * sources assert and the access entries at its own units; of a protected person it sees ids and the type only. Nobody is told of
 * an event that changes nothing they may know, since the moment alone would tell of another huvudman.
 */
export function matchAudience(hub: HubEvent, context: AudienceContext): readonly Message[] {
  if (hub.topic === 'access.events') return matchAccess(hub.event, hub.subject, context);
  const { event } = hub;
  if ('person' in event.data) return matchPerson(event as PersonEvent, hub.subject, context);
  if ('organisation' in event.data) return matchOrganisation(event as OrganisationEvent, context);
  if ('group' in event.data) return matchGroup(event as GroupEvent);
  return matchActivity(event as ActivityEvent);
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

function matchGroup(event: GroupEvent): Message[] {
  const { group } = event.data;
  return [
    {
      huvudman: group.huvudman,
      type: event.type,
      subject: group.id,
      schoolUnit: group.schoolUnit,
      data: { group: allowed(group, ALLOWED.group) },
    },
  ];
}

function matchActivity(event: ActivityEvent): Message[] {
  const { activity } = event.data;
  return [
    {
      huvudman: activity.huvudman,
      type: event.type,
      subject: activity.id,
      schoolUnit: activity.schoolUnit,
      data: { activity: allowed(activity, ALLOWED.activity) },
    },
  ];
}
