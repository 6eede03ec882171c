import { Kind, Type, TypeRegistry } from '@sinclair/typebox';

/** Lists of SS 12000 2.1, and the plain values that entities are made of (standards §1.4). */
const literals = <const T extends readonly string[]>(values: T) =>
  Type.Unsafe<T[number]>({ [Kind]: ONE_OF, type: 'string', enum: [...values] });

// TypeBox compiles only kinds that it knows; this one keeps the plain `enum` in the published JSON Schema.
const ONE_OF = 'OneOf';
TypeRegistry.Set<{ enum: readonly string[] }>(ONE_OF, (schema, value) =>
  schema.enum.includes(value as string),
);

/** SS 12000's `SchoolTypesEnum`, and the four that Skolverket's register uses beside it (standards §1.4). */
export const SCHOOL_TYPES = [
  'FS', 'FKLASS', 'FTH', 'OPPFTH', 'GR', 'GRS', 'TR', 'SP', 'SAM', 'GY', 'GYS', 'VUX', 'VUXSFI',
  'VUXGR', 'VUXGY', 'VUXSARGR', 'VUXSARTR', 'VUXSARGY', 'SFI', 'SARVUX', 'SARVUXGR', 'SARVUXGY',
  'KU', 'YH', 'FHS', 'STF', 'KKU', 'HS', 'ABU', 'AU', 'GRAN', 'GYAN', 'VUXGRAN', 'VUXGYAN',
] as const; // prettier-ignore
export type SchoolType = (typeof SCHOOL_TYPES)[number];
export const SchoolType = literals(SCHOOL_TYPES);

/**
 * Adapted school forms have two spellings: SS 12000's, and Skolverket's in the register of school units and the open data (standards
 * §1.4). What a source writes is kept; what is compared is compared in Skolverket's spelling.
 */
const SKOLVERKETS_SPELLING: Partial<Record<SchoolType, SchoolType>> = {
  GRS: 'GRAN',
  GYS: 'GYAN',
  VUXSARGR: 'VUXGRAN',
  VUXSARGY: 'VUXGYAN',
  SARVUXGR: 'VUXGRAN',
  SARVUXGY: 'VUXGYAN',
};

/** One school form has one name here, however its school type is spelled. */
export function schoolForm(schoolType: SchoolType): SchoolType {
  return SKOLVERKETS_SPELLING[schoolType] ?? schoolType;
}

/** The school types whose pupils write national tests (design §6.1). */
export const TEST_SCHOOL_TYPES = ['GR', 'SP', 'SAM', 'GY', 'VUXGY'] as const;

/**
 * The school types whose pupils a huvudman may let in: those, and the adapted compulsory and upper secondary school under their new
 * codes and their old ones (standards §1.4).
 */
export const ELIGIBLE_SCHOOL_TYPES = [...TEST_SCHOOL_TYPES, 'GRAN', 'GRS', 'GYAN', 'GYS'] as const;

export const SECURITY_MARKINGS = ['Ingen', 'Sekretessmarkering', 'Skyddad folkbokföring'] as const;
export type SecurityMarking = (typeof SECURITY_MARKINGS)[number];
export const SecurityMarking = literals(SECURITY_MARKINGS);

export const PERSON_STATUSES = ['Aktiv', 'Utvandrad', 'Avliden'] as const;
export type PersonStatus = (typeof PERSON_STATUSES)[number];
export const PersonStatus = literals(PERSON_STATUSES);

/** SS 12000's `dutyRole`, deprecated values included. */
export const DUTY_ROLES = [
  'Rektor', 'Lärare', 'Förskollärare', 'Barnskötare', 'Bibliotekarie', 'Lärarassistent',
  'Fritidspedagog', 'Annan personal', 'Studie- och yrkesvägledare', 'Förstelärare', 'Kurator',
  'Skolsköterska', 'Skolläkare', 'Skolpsykolog', 'Speciallärare/specialpedagog',
  'Skoladministratör', 'Övrig arbetsledning', 'Övrig pedagogisk personal', 'Förskolechef',
] as const; // prettier-ignore
export type DutyRole = (typeof DUTY_ROLES)[number];
export const DutyRole = literals(DUTY_ROLES);

export const GROUP_TYPES = [
  'Undervisning', 'Klass', 'Mentor', 'Provgrupp', 'Schema', 'Avdelning', 'Personalgrupp', 'Övrigt',
] as const; // prettier-ignore
export type GroupType = (typeof GROUP_TYPES)[number];
export const GroupType = literals(GROUP_TYPES);

/** Where a pupil stands in one test; only the test platform can say the last two. */
export const TEST_STATES = ['assigned', 'begun', 'submitted'] as const;
export type TestState = (typeof TEST_STATES)[number];
export const TestState = literals(TEST_STATES);

/** A UUID in lower case. */
export const Id = Type.String({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
});
/** A calendar day, YYYY-MM-DD, meant in Europe/Stockholm. */
export const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' });
/** RFC 3339 with a zone. */
export const Instant = Type.String({ minLength: 20, maxLength: 40 });
/** Eight digits without meaning or check digit (standards §3.1). */
export const SchoolUnitCode = Type.String({ pattern: '^[1-9]\\d{7}$' });
/** A huvudman's opaque id: it says nothing of who the huvudman is. */
export const HuvudmanId = Type.String({ pattern: '^[a-z0-9]{8,32}$' });
/** `uid@scope`: exactly one '@' (standards §2.8). */
export const Eppn = Type.String({ pattern: '^[^@\\s]+@[^@\\s]+$', maxLength: 320 });
/** The id of a source, as its settings name it. */
export const SourceId = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{1,62}$' });
export const ShortText = Type.String({ maxLength: 250 });
export { literals };
