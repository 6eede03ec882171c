import type { TSchema } from '@sinclair/typebox';
import { compileSchema, type PayloadSchema } from '#canonical';
import { TOLD, TOLD_SHAPES } from '../src/told-schema.js';

type Shape = keyof typeof TOLD_SHAPES;

const SHAPE_OF: Readonly<Record<string, Shape>> = {
  person: 'person',
  enrolment: 'person',
  duty: 'person',
  absence: 'presence',
  attendance: 'presence',
  access: 'access',
  test: 'access',
  organisation: 'organisation',
  group: 'group',
  activity: 'activity',
};

const shapes = Object.fromEntries(
  Object.entries(TOLD_SHAPES).map(([name, shape]) => [name, compileSchema(name, closed(shape))]),
) as unknown as Record<Shape, PayloadSchema>;

/** What of a message to a huvudman is not in `docs/schemas/told.json`: a property that is not named there, or a value of another form. */
export function toldFaults({ type, data }: { readonly type: string; readonly data: unknown }) {
  const sent: unknown = JSON.parse(JSON.stringify(data));
  const shape = shapes[SHAPE_OF[type.split('.')[2]!]!];
  return [...shape.faults(sent), ...TOLD.faults(sent)].map((fault) => ({ type, ...fault }));
}

/** Published shapes may grow; for a spec nothing beyond them is right. */
function closed<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(closed) as T;
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Reflect.ownKeys(schema).map((key) => [key, closed(schema[key as keyof T])]);
  const copy = Object.fromEntries(entries) as TSchema;
  return { ...copy, ...(copy['type'] === 'object' && { additionalProperties: false }) } as T;
}
