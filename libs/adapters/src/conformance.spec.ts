import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { TOPICS, sourceTopic } from '#canonical';
import { goldenText } from '#testing';
import type { Adapter, Admission, Issue, SourceEvent } from './adapter.js';
import { ADAPTERS, adapterNamed } from './adapters.js';

/**
 * What every adapter is held to. Run by itself, this file finds all adapters in the list and sees to it that each has a spec that calls
 * `conforms`, where the rest is. Golden cases are rewritten by UPDATE_GOLDEN=1.
 */

const INPUTS = 2000;
/** Stands in every text that a generator makes: found in an issue, it shows that the issue repeats the payload. */
const MARK = '§';
const MARKED_NUMBER = 73109270;

export function conforms(adapter: Adapter): void {
  describe(`the adapter ${adapter.name}`, () => {
    agreesWithItsGoldenCases(adapter);
    neverThrowsAndIsPure(adapter);
    dropsWhatItDoesNotKeep(adapter);
  });
}

if (expect.getState().testPath === import.meta.filename) {
  theListIsComplete();
  ADAPTERS.forEach(isFiveThings);
}

function theListIsComplete(): void {
  describe('the list of adapters', () => {
    it('names every folder, and each by its own name', () => {
      const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name);
      expect(ADAPTERS.map((adapter) => adapter.name).sort()).toEqual(folders.sort());
      for (const adapter of ADAPTERS) expect(adapterNamed(adapter.name)).toBe(adapter);
      expect(adapterNamed('unheard-of')).toBeUndefined();
    });

    it('gives each type of event to one adapter only', () => {
      const types = ADAPTERS.flatMap((adapter) => adapter.types);
      expect(new Set(types).size).toBe(types.length);
    });
  });
}

function isFiveThings({ name, kind, types }: Adapter): void {
  describe(`the adapter ${name}`, () => {
    const textOf = (file: string) => readFileSync(join(folderOf(name), file), 'utf8');

    it('is five things, for a kind of source that has a topic', () => {
      const things = ['adapter.ts', 'source-schema.ts', 'golden', 'adapter.spec.ts', 'README.md'];
      const missing = things.filter((thing) => !existsSync(join(folderOf(name), thing)));
      expect(missing).toEqual([]);
      expect(TOPICS.map((topic) => topic.name)).toContain(sourceTopic(kind));
    });

    it('is held to the suite by its own spec, and names its types in its README', () => {
      expect(textOf('adapter.spec.ts')).toMatch(/^conforms\(\w+\);$/m);
      expect(types.filter((type) => !textOf('README.md').includes(type))).toEqual([]);
    });
  });
}

function agreesWithItsGoldenCases(adapter: Adapter): void {
  const cases = goldenCases(adapter.name);

  it.each(cases)('$name: gives what its golden case says', ({ source, folder }) => {
    const admission = adapter.admit(source);
    const translation = adapter.translate(afterTheDoor(source, admission));
    const path = join(folder, 'canonical.json');
    const given = `${JSON.stringify({ admission, translation }, null, 2)}\n`;
    expect(given).toBe(goldenText(path, given));
  });

  it('has a golden case that is understood for every type, and none for another type', () => {
    const understood = cases
      .filter(({ source }) => adapter.translate(source).ok)
      .map(({ source }) => source.type);
    expect(new Set(understood)).toEqual(new Set(adapter.types));
    expect(cases.filter(({ source }) => !adapter.types.includes(source.type))).toEqual([]);
  });

  it.each(cases)('$name: what is named as redacted is gone', ({ source }) => {
    const admission = adapter.admit(source);
    if (!admission.ok) return expect(admission.issues).not.toEqual([]);
    const gone = admission.redacted.filter((path) => !path.endsWith('/?'));
    expect(gone.filter((path) => holds(source.data, path.slice(1).split('/')))).toEqual(gone);
    expect(gone.filter((path) => holds(admission.data, path.slice(1).split('/')))).toEqual([]);
    expect(admission.redacted).toEqual([...new Set(admission.redacted)].sort());
  });

  it.each(cases)('$name: what was admitted is admitted again, unchanged', ({ source }) => {
    const admission = adapter.admit(source);
    if (!admission.ok) return;
    const again = adapter.admit({ type: source.type, data: admission.data });
    expect(again).toEqual({ ...admission, redacted: [] });
  });
}

function neverThrowsAndIsPure(adapter: Adapter): void {
  it(`never throws, is pure, repeats no value and gives no fact for what it refuses, over ${INPUTS} inputs`, () => {
    fc.assert(
      fc.property(events(adapter), (event) => {
        deepFreeze(event);
        const admission = adapter.admit(event);
        const translations = [adapter.translate(event)];
        if (admission.ok) translations.push(adapter.translate(afterTheDoor(event, admission)));
        else expect(translations[0]).not.toHaveProperty('facts');

        expect(isDeepStrictEqual(adapter.admit(event), admission)).toBe(true);
        expect(isDeepStrictEqual(adapter.translate(event), translations[0])).toBe(true);
        for (const answer of [admission, ...translations]) {
          if (!answer.ok) expectHarmless(answer.issues);
          else if ('facts' in answer) expect(answer.facts.every(isComplete)).toBe(true);
          else expectAdmitted(answer);
        }
      }),
      { numRuns: INPUTS },
    );
  });

  it('takes an unknown type as an issue, also one that every object knows', () => {
    for (const type of ['', 'unheard-of', '__proto__', 'constructor', 'toString']) {
      expect(adapter.admit({ type, data: {} }).ok).toBe(false);
      expect(adapter.translate({ type, data: {} }).ok).toBe(false);
      expect(adapter.carriesFullState(type)).toBe(false);
    }
  });
}

function dropsWhatItDoesNotKeep(adapter: Adapter): void {
  const secrets = ['absenceReason', 'photo', 'address', 'healthNote', '__proto__', 'toString'];

  it('keeps nothing that it does not name, wherever in the payload it stands', () => {
    for (const { source } of goldenCases(adapter.name)) {
      const expected = adapter.admit(source);
      for (const secret of secrets) {
        const data = withEverywhere(source.data, secret, { says: `${MARK}secret` });
        const admission = adapter.admit({ type: source.type, data });
        expect(JSON.stringify([admission, adapter.translate({ ...source, data })])).not.toContain(
          MARK,
        );
        expect(admission.ok && admission.data).toEqual(expected.ok && expected.data);
        if (admission.ok) expect(admission.redacted.length).toBeGreaterThan(0);
      }
    }
  });

  it('refuses a text that PostgreSQL cannot store, and a text or list beyond its bound', () => {
    const beyond = ['a\0b', 'half \ud83d', '\udc00', 'x'.repeat(300), Array(5001).fill({})];
    for (const { source } of goldenCases(adapter.name).filter(
      (one) => adapter.admit(one.source).ok,
    )) {
      const kept = adapter.admit(source) as Extract<Admission, { ok: true }>;
      for (const path of pathsOf(kept.data)) {
        for (const value of beyond) {
          const data = changedAt(kept.data, path, value);
          expect(adapter.admit({ type: source.type, data }).ok).toBe(false);
          expect(adapter.translate({ ...source, data }).ok).toBe(false);
        }
      }
    }
  });
}

interface GoldenCase {
  name: string;
  folder: string;
  source: SourceEvent;
}

function folderOf(adapter: string): string {
  return join(import.meta.dirname, adapter);
}

function goldenCases(adapter: string): GoldenCase[] {
  const golden = join(folderOf(adapter), 'golden');
  return readdirSync(golden).map((name) => {
    const folder = join(golden, name);
    const text = readFileSync(join(folder, 'source.json'), 'utf8');
    return { name, folder, source: JSON.parse(text) as SourceEvent };
  });
}

/** The event as `translate` will see it: what was refused never gets that far, and is translated as it is. */
function afterTheDoor(event: SourceEvent, admission: Admission): SourceEvent {
  return admission.ok ? { ...event, data: admission.data } : event;
}

/** Arbitrary JSON, and golden payloads with one to three places changed, under all the types. */
function events(adapter: Adapter): fc.Arbitrary<SourceEvent> {
  const golden = goldenCases(adapter.name).map(({ source }) => source);
  const anything = fc.record({ type: fc.constantFrom(...adapter.types), data: nasty() });
  const changed = fc
    .tuple(
      fc.constantFrom(...golden),
      fc.array(fc.tuple(fc.nat(), nasty()), { minLength: 1, maxLength: 3 }),
    )
    .map(([source, changes]) => {
      let data = source.data;
      for (const [at, value] of changes) {
        const paths = pathsOf(data);
        if (paths.length > 0) data = changedAt(data, paths[at % paths.length]!, value);
      }
      return { ...source, data };
    });
  return fc.oneof({ weight: 1, arbitrary: anything }, { weight: 3, arbitrary: changed });
}

function nasty(): fc.Arbitrary<unknown> {
  const marked = fc.string({ unit: 'binary', maxLength: 20 }).map((text) => `${MARK}${text}`);
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      tie('leaf'),
      tie('list'),
      tie('object'),
    ),
    leaf: fc.oneof(
      marked,
      fc.constantFrom(
        null,
        true,
        false,
        '',
        0,
        -1,
        0.5,
        MARKED_NUMBER,
        `${MARK}\ud800`,
        `${MARK}\0`,
      ),
    ),
    list: fc.array(tie('tree'), { maxLength: 5 }),
    object: fc.dictionary(marked, tie('tree'), { maxKeys: 5 }),
  }));
  const special = fc.constantFrom<() => unknown>(
    () => JSON.parse(`{"__proto__":{"id":"${MARK}"},"constructor":{"prototype":{}}}`),
    () => JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`),
    () => JSON.parse(`${'{"data":'.repeat(500)}null${'}'.repeat(500)}`),
    () => `${MARK}${'x'.repeat(100_000)}`,
    () => Array(6000).fill({ id: MARK }),
    () => '2026-02-30',
    () => '0000-01-01',
    () => '9999-12-31T23:59:59-01:00',
    () => '2026-12-31T23:59:60Z',
    () => 'GRS',
    () => undefined,
  );
  return fc.oneof(
    { weight: 4, arbitrary: tree },
    { weight: 1, arbitrary: special.map((make) => make()) },
  );
}

type Path = readonly string[];

/** The paths to the values in a JSON value, the root left out; of a long list to the first elements. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null || path.length > 8) return [];
  const parts = Object.entries(value).slice(0, 50);
  return parts.flatMap(([name, part]) => {
    const at = [...path, name];
    return [at, ...pathsOf(part, at)];
  });
}

function changedAt(data: unknown, path: Path, value: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  const copy: unknown = Array.isArray(data) ? [...(data as unknown[])] : { ...(data as object) };
  const parts = copy as Record<string, unknown>;
  parts[name] = changedAt(parts[name], rest, value);
  return copy;
}

/** The same value with one more property on every object, an own one also when it is `__proto__`. */
function withEverywhere(value: unknown, name: string, secret: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((part) => withEverywhere(part, name, secret));
  const parts = Object.entries(value).map(([key, part]) => [
    key,
    withEverywhere(part, name, secret),
  ]);
  return Object.fromEntries([...parts.filter(([key]) => key !== name), [name, secret]]) as unknown;
}

/** Whether a value holds a path in which `*` is any element of a list. */
function holds(value: unknown, path: Path): boolean {
  const [name, ...rest] = path;
  if (name === undefined) return true;
  if (typeof value !== 'object' || value === null) return false;
  if (name === '*') return (value as unknown[]).some((element) => holds(element, rest));
  return Object.hasOwn(value, name) && holds((value as Record<string, unknown>)[name], rest);
}

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  Object.freeze(value);
  Object.values(value).forEach(deepFreeze);
}

function expectHarmless(issues: readonly Issue[]): void {
  const text = JSON.stringify(issues);
  expect(text).not.toContain(MARK);
  expect(text).not.toContain(String(MARKED_NUMBER));
  expect(issues.length).toBeGreaterThan(0);
  expect(issues.length).toBeLessThanOrEqual(20);
  const unclear = issues.filter(
    ({ pointer, says }) =>
      !pointer.startsWith('/') || !/^(Expected|Required|The type)\b.*\b[Ss]end\b.*\.$/.test(says),
  );
  expect(unclear).toEqual([]);
}

function expectAdmitted(admission: Extract<Admission, { ok: true }>): void {
  expect(admission.objectId).not.toBe('');
  expect(admission.objectKind).not.toBe('');
  expect(JSON.stringify(admission.redacted)).not.toContain(MARK);
  expect(JSON.stringify(admission.data)).not.toMatch(/\\u0000|\\ud[89a-f]/);
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/;

/** What `facts.ts` promises of every fact. */
function isComplete(fact: { localId: string; modified: string }): boolean {
  return (
    fact.localId.length > 0 &&
    INSTANT.test(fact.modified) &&
    !Number.isNaN(Date.parse(fact.modified))
  );
}
