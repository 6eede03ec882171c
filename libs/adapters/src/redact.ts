import type { TSchema } from '@sinclair/typebox';
import type { Issue } from './adapter.js';

/** More than this many faults of one event say nothing new. */
export const ISSUES_MAX = 20;

/** The longest text that is let in, in UTF-16 units; longer ones are refused at the door, never cut. */
export const TEXT_LENGTH_MAX = 250;

const CORRECT = 'Correct it in the sending system and send the event again.';

export interface Redaction {
  /** A copy that holds only what the schema names; properties that are null or an empty text are absent. */
  readonly data: unknown;
  readonly redacted: readonly string[];
  readonly issues: readonly Issue[];
}

/**
 * Makes the function that keeps of a payload what the schema names, and drops the rest unseen: its cost is that of the kept part, and
 * nothing in a dropped part, however deep, is walked. On the way it bounds what is kept: every kept value is of the schema's type,
 * within its bound, and of a form that the stores can hold (no NUL and no half of a surrogate pair, which PostgreSQL refuses).
 * Patterns, lists of values and required properties are not its business.
 */
export function redactorOf(schema: TSchema): (payload: unknown) => Redaction {
  const keep = keeperOf(schema, '');
  return (payload) => {
    const run: Run = { dropped: new Set(), issues: [], positions: [] };
    const data = keep(payload, run);
    return { data, redacted: [...run.dropped].sort(), issues: run.issues };
  };
}

interface Run {
  readonly dropped: Set<string>;
  readonly issues: Issue[];
  /** Where we are in each list around us: what stands for the `*` of a path. */
  readonly positions: number[];
}

type Keeper = (value: unknown, run: Run) => unknown;

function keeperOf(schema: TSchema, path: string): Keeper {
  switch (schema['type']) {
    case 'object':
      return objectKeeper(schema, path);
    case 'array':
      return arrayKeeper(schema, path);
    case 'string':
      return textKeeper(path, schema.description ?? 'a text');
    case 'integer':
    case 'number':
      return (value, run) =>
        typeof value === 'number' ? value : refuse(run, path, 'a number, not in quotes');
    case 'boolean':
      return (value, run) =>
        typeof value === 'boolean' ? value : refuse(run, path, 'true or false, not in quotes');
    default:
      throw new Error(`A source schema can hold objects, lists and plain values only, at ${path}.`);
  }
}

function objectKeeper(schema: TSchema, path: string): Keeper {
  const properties = Object.entries(schema['properties'] as Record<string, TSchema>);
  const keepers = new Map(
    properties.map(([name, property]) => [name, keeperOf(property, `${path}/${name}`)]),
  );
  const named = (schema['dropped'] ?? []) as readonly string[];
  const droppedPaths = new Map(named.map((name) => [name, `${path}/${name}`]));
  const unnamedPath = `${path}/?`;
  return (value, run) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return refuse(run, path, 'an object');
    }
    const object: Record<string, unknown> = {};
    for (const name of Object.keys(value)) {
      const part = (value as Record<string, unknown>)[name];
      if (part === null || part === '') continue;
      const keep = keepers.get(name);
      if (keep === undefined) run.dropped.add(droppedPaths.get(name) ?? unnamedPath);
      else object[name] = keep(part, run);
    }
    return object;
  };
}

function arrayKeeper(schema: TSchema, path: string): Keeper {
  const keep = keeperOf(schema['items'] as TSchema, `${path}/*`);
  const lengthMax = schema['maxItems'] as number;
  return (value, run) => {
    if (!Array.isArray(value) || value.length > lengthMax) {
      return refuse(run, path, `a list of at most ${lengthMax}`);
    }
    const array: unknown[] = [];
    for (let index = 0; index < value.length; index += 1) {
      run.positions.push(index);
      array.push(keep(value[index], run));
      run.positions.pop();
    }
    return array;
  };
}

function textKeeper(path: string, expected: string): Keeper {
  return (value, run) => {
    if (typeof value !== 'string' || value.length > TEXT_LENGTH_MAX) {
      return refuse(run, path, `${expected}, as a text of at most ${TEXT_LENGTH_MAX} characters`);
    }
    if (value.includes('\0') || !value.isWellFormed()) {
      return refuse(run, path, 'a text of whole Unicode characters without NUL');
    }
    return value;
  };
}

function refuse(run: Run, path: string, expected: string): undefined {
  if (run.issues.length < ISSUES_MAX) {
    let depth = 0;
    const pointer = path.replaceAll('*', () => String(run.positions[depth++]));
    run.issues.push({ pointer: pointer || '/', says: `Expected ${expected}. ${CORRECT}` });
  }
  return undefined;
}

/** The closing words of an issue about a value that is there but wrong. */
export function correct(expected: string): string {
  return `Expected ${expected}. ${CORRECT}`;
}

/** The words of an issue about a value that is not there. */
export function required(expected: string): string {
  return `Required: ${expected}. Add it in the sending system and send the event again.`;
}
