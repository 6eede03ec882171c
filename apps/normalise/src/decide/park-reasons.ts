import type { ParkReason } from '#stage';

type Issues = ParkReason['issues'];

export function unknownSource(causeGroup: string, says: string): ParkReason {
  return { code: 'unknown-source', causeGroup, issues: [{ pointer: '/', says }] };
}

export function badData(source: string, issues: Issues): ParkReason {
  return { code: 'bad-data', causeGroup: `source/${source}`, issues };
}

/** `awaits`: the reference whose arrival heals the event. */
export function missingReference(
  source: string,
  pointer: string,
  awaits: string,
  says: string,
): ParkReason {
  return {
    code: 'missing-reference',
    causeGroup: `source/${source}`,
    issues: [{ pointer, says }],
    awaits,
  };
}

export function unitNotYours(code: string, pointer: string, awaits: string): ParkReason {
  const says =
    'expected a school unit that the national register gives to this huvudman; correct the unit at the source, or the owner in the register';
  return {
    code: 'unit-not-yours',
    causeGroup: `unit/${code}`,
    issues: [{ pointer, says }],
    awaits,
  };
}

/** Another's number may be a sole trader's personnummer: it is not named. */
export function organisationNotYours(source: string): ParkReason {
  const says =
    'expected the organisation number that the settings give the source’s huvudman; correct it at the source, or in the settings, then retry';
  return {
    code: 'unit-not-yours',
    causeGroup: `source/${source} organisation`,
    issues: [{ pointer: '/organisationNumber', says }],
  };
}

/** Which of the huvudmän the number belongs to, the settings cannot say. */
export function organisationOfSeveral(source: string): ParkReason {
  const says =
    'expected an organisation number that the settings give to one huvudman only; correct the other huvudman’s in the settings, then retry';
  return {
    code: 'unit-not-yours',
    causeGroup: `source/${source} organisation`,
    issues: [{ pointer: '/organisationNumber', says }],
  };
}

/** The unit may well be the huvudman's, but the source's setting does not name it. */
export function unitNotOfSource(
  source: string,
  code: string,
  at: { readonly pointer: string; readonly awaits: string },
): ParkReason {
  const says =
    'expected one of the school units that the source’s setting names; correct the unit at the source, or `units` in the setting';
  return {
    code: 'unit-not-yours',
    causeGroup: `source/${source} unit/${code}`,
    issues: [{ pointer: at.pointer, says }],
    awaits: at.awaits,
  };
}

export function contradiction(
  source: string,
  pointer: string,
  says: string,
  awaits?: string,
): ParkReason {
  return {
    code: 'contradiction',
    causeGroup: `source/${source}`,
    issues: [{ pointer, says }],
    ...(awaits === undefined ? undefined : { awaits }),
  };
}
