import type { TSchema } from '@sinclair/typebox';
import { SCHEMAS } from '#canonical';
import { TOLD } from '../../apps/publish/src/told-schema.js';

/** Every payload that has a JSON Schema in docs/schemas, by the name of its file. */
export const PUBLISHED_SCHEMAS: Readonly<
  Record<string, { readonly dataschema: string; readonly schema: TSchema }>
> = { ...SCHEMAS, told: TOLD };
