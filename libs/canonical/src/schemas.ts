import type { Static, TSchema } from '@sinclair/typebox';
import { TypeCompiler, type ValueError } from '@sinclair/typebox/compiler';
import {
  ACCESS_EVENT_TYPES, AccessEventData, ActivityEventData, CANONICAL_EVENT_TYPES, GroupEventData,
  OrganisationEventData, PersonEventData,
} from './events.js'; // prettier-ignore
import { CommandData } from './commands.js';
import { FindingData, TrailData } from './findings.js';
import { Setting } from './settings.js';

/** A payload's shape: its name on the wire (`dataschema`), its JSON Schema, and its check, compiled once at start. */
export interface PayloadSchema<T extends TSchema = TSchema> {
  readonly dataschema: string;
  readonly schema: T;
  readonly check: (data: unknown) => data is Static<T>;
  /** Every fault, for a human: a JSON pointer and what was expected. Never the value. At most `max`. */
  readonly faults: (data: unknown, max?: number) => { pointer: string; expected: string }[];
}

/**
 * Compiles a schema; to be done at start. A check costs far less than the 10 µs that an event may take: measured on Node 24, one core,
 * 1.7 µs for a person event of 880 bytes and 0.6 µs for an access event of 450.
 */
export function compileSchema<T extends TSchema>(dataschema: string, schema: T): PayloadSchema<T> {
  const compiled = TypeCompiler.Compile(schema);
  return {
    dataschema,
    schema,
    check: (data): data is Static<T> => compiled.Check(data),
    faults: (data, max = 20) => {
      const faults: { pointer: string; expected: string }[] = [];
      for (const error of compiled.Errors(data)) {
        const [pointer, expected] = [error.path || '/', expectation(error)];
        // What is missing is a fault of the object, and of the value that is not there.
        if (faults.some((fault) => fault.pointer === pointer && fault.expected === expected)) continue; // prettier-ignore
        faults.push({ pointer, expected });
        if (faults.length >= max) break;
      }
      return faults;
    },
  };
}

function expectation(error: ValueError): string {
  const { enum: values } = error.schema as { enum?: readonly string[] };
  return values === undefined ? error.message : `Expected one of: ${values.join(', ')}`;
}

export const SCHEMAS = {
  person: compileSchema('urn:elevnav:schema:person:1', PersonEventData),
  organisation: compileSchema('urn:elevnav:schema:organisation:1', OrganisationEventData),
  group: compileSchema('urn:elevnav:schema:group:1', GroupEventData),
  activity: compileSchema('urn:elevnav:schema:activity:1', ActivityEventData),
  access: compileSchema('urn:elevnav:schema:access:1', AccessEventData),
  finding: compileSchema('urn:elevnav:schema:finding:1', FindingData),
  setting: compileSchema('urn:elevnav:schema:setting:1', Setting),
  command: compileSchema('urn:elevnav:schema:command:1', CommandData),
  trail: compileSchema('urn:elevnav:schema:trail:1', TrailData),
} as const;

const byEntity: Record<string, PayloadSchema> = {
  person: SCHEMAS.person,
  enrolment: SCHEMAS.person,
  duty: SCHEMAS.person,
  test: SCHEMAS.person,
  absence: SCHEMAS.person,
  attendance: SCHEMAS.person,
  organisation: SCHEMAS.organisation,
  group: SCHEMAS.group,
  activity: SCHEMAS.activity,
};

const byType = {
  'canonical.events': new Map<string, PayloadSchema>(
    CANONICAL_EVENT_TYPES.map((type) => [type, byEntity[type.split('.')[2]!]!]),
  ),
  'access.events': new Map<string, PayloadSchema>(
    ACCESS_EVENT_TYPES.map((type) => [type, SCHEMAS.access]),
  ),
};

/** The schema of an event type on a topic; undefined for a type that the topic does not know. */
export function schemaOf(
  topic: 'canonical.events' | 'access.events',
  type: string,
): PayloadSchema | undefined {
  return byType[topic].get(type);
}
