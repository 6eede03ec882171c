import { Type, type TProperties, type TSchema } from '@sinclair/typebox';

/**
 * What source schemas are made of. A source schema is also the list of what may be stored: `redactorOf` keeps the properties that it
 * names, drops every other, and bounds every text. `description` completes "Expected …" in an issue.
 */

export const Text = Type.String({ minLength: 1, description: 'a text that is not empty' });

/** A UUID in either case (SS 12000: `string:uuid`). */
export const Uuid = Type.String({
  pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
  description: 'a UUID',
});

/** RFC 3339 `full-date`. Whether the day exists is for `Reading.day` to say. */
export const DayText = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}$',
  description: 'a day of the form YYYY-MM-DD',
});

/** RFC 3339 `date-time`. Whether the time exists is for `Reading.instant` to say. */
export const InstantText = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?([Zz]|[+-]\\d{2}:\\d{2})$',
  description: 'a time with date and zone as in RFC 3339, 2026-08-18T06:15:22+02:00',
});

/** `uid@scope` with exactly one '@' (standards §2.8). */
export const EppnText = Type.String({
  pattern: '^[^@\\s]+@[^@\\s]+$',
  description: 'an EPPN of the form uid@scope',
});

export const SchoolUnitCodeText = Type.String({
  pattern: '^[1-9]\\d{7}$',
  description: 'a school unit code of eight digits',
});

export const OrganisationNumberText = Type.String({
  pattern: '^\\d{10}$',
  description: 'an organisation number of ten digits without hyphen',
});

/** As Moa and tokens write it (SE), as the tax agency does (16), and with the hyphen of everyday (standards §3.3). */
export const WrittenOrganisationNumberText = Type.String({
  pattern: '^(16|SE)?\\d{6}-?\\d{4}$',
  description: 'an organisation number of ten digits',
});

export const MunicipalityCodeText = Type.String({
  pattern: '^\\d{4}$',
  description: 'a municipality code of four digits, as a text',
});

/**
 * An object of which only the given properties are kept.
 * @param dropped properties that the source's standard names and no fact needs: they are named one by one in `Admission.redacted`.
 */
export function kept<P extends TProperties>(properties: P, dropped: readonly string[] = []) {
  return Type.Object(properties, { dropped: [...dropped], description: 'an object' });
}

export function list<T extends TSchema>(items: T, lengthMax: number) {
  return Type.Array(items, { maxItems: lengthMax, description: `a list of at most ${lengthMax}` });
}

export function whole(minimum: number, maximum: number) {
  const description = `a whole number from ${minimum} to ${maximum}`;
  return Type.Integer({ minimum, maximum, description });
}

export const YesOrNo = Type.Boolean({ description: 'true or false' });

/** A reference to another object of the same source (SS 12000 `ObjectReference`). */
export const Reference = kept({ id: Uuid }, ['displayName', 'securityMarking']);

/** SS 12000 `Meta`; only the time of the last change is kept. */
export const Meta = kept({ modified: InstantText }, ['created']);

/**
 * SS 12000 names deleted objects by their id only (`deletedEntities`); as an event the id comes with the time of the deletion, in
 * `deleted`, else `meta.modified`, else the CloudEvents attribute `time`.
 */
export const Deleted = kept({
  id: Uuid,
  deleted: Type.Optional(InstantText),
  meta: Type.Optional(kept({ modified: Type.Optional(InstantText) }, ['created'])),
});
