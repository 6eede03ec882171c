import { existsSync, globSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { settingsOf } from '#runtime';
import { SCHEMAS, TOPICS } from '#canonical';
import { goldenText } from '#testing';
import { deriveDocuments } from './docs/derive-documents.js';
import { CONFIG_CLASSES } from './docs/describe-settings.js';
import { sourceFiles } from './tidy/source-files.js';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  scripts: Record<string, string>;
};
const documents = sourceFiles(({ path }) => path.endsWith('.md'));
const allNames = new Set(sourceFiles().map(({ path }) => basename(path)));

describe('what is made from the sources', () => {
  it('is what the sources make; UPDATE_GOLDEN=1 npm test -- test/docs.spec.ts writes it anew', async () => {
    for (const [path, wanted] of await deriveDocuments()) {
      expect({ path, text: goldenText(path, wanted) }).toEqual({ path, text: wanted });
    }
  });

  it('has a schema file for each schema and no other', async () => {
    const made = [...(await deriveDocuments()).keys()].filter((path) => path.includes('schemas/'));
    expect(readdirSync('docs/schemas').map((name) => `docs/schemas/${name}`)).toEqual(made.sort());
  });

  it('tells of every topic', () => {
    const events = readFileSync('docs/events.md', 'utf8');
    expect(TOPICS.map(({ name }) => name).filter((name) => !events.includes(name))).toEqual([]);
  });

  it('has every table, with what of it is personal, in docs/data.md', () => {
    const data = readFileSync('docs/data.md', 'utf8');
    const tables = globSync('apps/*/schema.sql').flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/^create table \w+\.(\w+)/gm)].map(
        ([, name]) => name!,
      ),
    );
    expect(tables.length).toBeGreaterThan(0);
    expect(tables.filter((name) => !data.includes(`\`${name}\``))).toEqual([]);
  });

  it('lists the settings of every configuration class', () => {
    const declared = sourceFiles(({ path }) => path.endsWith('.config.ts'))
      .flatMap(({ text }) => [...text.matchAll(/@Setting\(\s*'([A-Z_]+)'/g)])
      .map(([, name]) => name);
    const listed = new Set(
      CONFIG_CLASSES.flatMap(({ read }) => settingsOf(read)).map((s) => s.name),
    );
    expect(declared.length).toBeGreaterThan(0);
    expect(declared.filter((name) => !listed.has(name!))).toEqual([]);
  });
});

describe('a document', () => {
  it.each(documents.map(({ path, text }) => [path, text]))(
    '%s names only files that exist',
    (path, text) => {
      const named = [...withoutBlocks(text).matchAll(/`([^`\s]+)`/g)].map(([, name]) => name!);
      const missing = named.filter((name) => looksLikePath(name) && !isThere(name, path));
      expect(missing).toEqual([]);
    },
  );

  it.each(documents.map(({ path, text }) => [path, text]))('%s has no dead link', (path, text) => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]+)?(#[^)\s]+)?\)/g)];
    const dead = links.filter(([, file, anchor]) => {
      const target = file === undefined ? path : join(dirname(path), file);
      if (!existsSync(target)) return true;
      return anchor !== undefined && !anchorsOf(readFileSync(target, 'utf8')).has(anchor);
    });
    expect(dead.map(([link]) => link)).toEqual([]);
  });

  it.each(documents.map(({ path, text }) => [path, text]))(
    '%s names only npm scripts that exist',
    (_path, text) => {
      const named = [
        ...[...text.matchAll(/npm run (?:--silent )?([a-z:-]+)/g)].map(([, name]) => name!),
        ...[...text.matchAll(/npm (start|test)\b/g)].map(([, name]) => name!),
      ];
      expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
    },
  );
});

describe('a setting that a document shows', () => {
  const settings = documents.flatMap(({ path, text }) =>
    [...text.matchAll(/^ *```json\n(\s*\{\s*"kind":[\s\S]*?)^ *```/gm)].map(([, json]) => ({
      path,
      setting: JSON.parse(json!) as unknown,
    })),
  );

  it('could be written as it stands', () => {
    expect(settings.length).toBeGreaterThan(0);
    const wrong = settings.filter(({ setting }) => !SCHEMAS.setting.check(setting));
    expect(wrong).toEqual([]);
  });
});

describe('the README', () => {
  const readme = readFileSync('README.md', 'utf8');

  it('has every room on its map, and no other', () => {
    const folders = ['apps', 'libs'].flatMap((top) =>
      readdirSync(top).map((one) => `${top}/${one}`),
    );
    const onMap = [...readme.matchAll(/^\| \[`((?:apps|libs)\/[a-z-]+)`\]/gm)].map(
      ([, room]) => room,
    );
    expect(onMap.sort()).toEqual(folders.sort());
  });
});

describe('what the code tells a person to read', () => {
  it('exists: each document and section that a message names', () => {
    const missing = sourceFiles(({ path }) => path.endsWith('.ts') && !path.includes('.spec.'))
      .flatMap(({ text }) => [...text.matchAll(/(docs\/[a-z-]+\.md)(?: says under "([^"]+)")?/g)])
      .filter(([, file, section]) => {
        if (!existsSync(file!)) return true;
        return section !== undefined && !readFileSync(file!, 'utf8').includes(`## ${section}\n`);
      });
    expect(missing.map(([sentence]) => sentence)).toEqual([]);
  });
});

/** Fenced blocks hold commands and payloads, not paths of ours. */
function withoutBlocks(text: string): string {
  return text.replaceAll(/^```.*?^```/gms, '');
}

/** With a folder of ours in front, or the name of a source file. */
function looksLikePath(name: string): boolean {
  if (/[*<>{}…|=]|NNNN/.test(name)) return false;
  return (
    /^(apps|libs|test|docs|docker|bin|\.ci)\//.test(name) || /^[\w./-]+\.(ts|mjs|md)$/.test(name)
  );
}

/** From the top, from the document's folder or its `src`, or below it; a bare name anywhere, since it may name a kind of file. */
function isThere(name: string, document: string): boolean {
  const folder = dirname(document);
  if (existsSync(name) || existsSync(join(folder, name)) || existsSync(join(folder, 'src', name)))
    return true;
  if (!name.includes('/')) return allNames.has(name);
  return globSync(`**/${normalize(name)}`, { cwd: folder, exclude: isForeign }).length > 0;
}

function isForeign(name: string): boolean {
  return ['node_modules', 'dist', '.elevnav', '.git'].includes(name);
}

/** As GitHub makes them: lower case, without punctuation, hyphens for spaces. */
function anchorsOf(text: string): Set<string> {
  const heads = [...text.matchAll(/^#+ (.+)$/gm)].map(([, head]) => head!);
  return new Set(
    heads.map(
      (head) =>
        `#${head
          .toLowerCase()
          .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
          .replaceAll(' ', '-')}`,
    ),
  );
}
