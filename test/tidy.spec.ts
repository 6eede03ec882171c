import { existsSync, globSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { civicNumbersOfSomebody } from './tidy/civic-numbers.js';
import {
  FILE_LINES_MARK,
  LONG_FILES,
  LONG_FUNCTIONS,
  SPEC_LINES_MARK,
  linesOf,
  longFunctions,
} from './tidy/long-parts.js';
import { sourceFiles, type SourceFile } from './tidy/source-files.js';

/** The style of the sources, held by a test: each rule a sentence, each exception by name and with its reason. */

const code = sourceFiles(({ path }) => /\.(ts|mjs|cjs)$/.test(path) && !isGiven(path));
const typescript = code.filter(({ path }) => path.endsWith('.ts'));

/** Programs that were given from outside and are kept unchanged, so that their figures stay comparable. */
function isGiven(path: string): boolean {
  return path.startsWith('test/bench/limits/');
}

function markOf(path: string): number {
  return isSpec(path) ? SPEC_LINES_MARK : FILE_LINES_MARK;
}

function isSpec(path: string): boolean {
  return path.endsWith('.spec.ts');
}

/** `path:line` of every line that has what it should not. */
function linesWith(files: readonly SourceFile[], fault: RegExp): string[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => (fault.test(line) ? [`${path}:${index + 1}`] : [])),
  );
}

describe('the environment', () => {
  const MAY_READ = [
    /\.config\.ts$/, // the classes that check what they read
    /^libs\/local-services\//, // asks which services are given before any configuration exists
    /^bin\//, // runs before anything is installed
    /^test\/services\.global-setup\.mjs$/, // hands the addresses on to the specs
    /^test\/(bench|prove)\//, // start processes with the PATH they were started with
  ];

  it('is read by configuration classes only', () => {
    const others = code.filter(({ path }) => !MAY_READ.some((pattern) => pattern.test(path)));
    expect(linesWith(others, /process\.env\b/)).toEqual([]);
  });
});

describe('what is not finished', () => {
  it('is an issue, not a note in the code', () => {
    const notes = new RegExp(`\\b(${['TO', 'DO|FIX', 'ME|X', 'XX'].join('')})\\b(?!.*#\\d)`);
    expect(linesWith(code, notes)).toEqual([]);
  });

  it('is no spec that is left out or runs alone', () => {
    const left = /\b(it|test|describe)(\.\w+)*\.(only|skip|todo)\b|^\s*[fx](it|describe)\(/;
    expect(
      linesWith(
        code.filter(({ path }) => isSpec(path)),
        left,
      ),
    ).toEqual([]);
  });
});

describe('names', () => {
  it('are exported one by one', () => {
    expect(linesWith(typescript, /^export (\*|default\b)/)).toEqual([]);
  });

  it('of folders say what is in them', () => {
    const cellars = sourceFiles(({ path }) =>
      /(^|\/)(common|shared|utils|core|helpers)\//.test(path),
    );
    expect(cellars.map(({ path }) => path)).toEqual([]);
  });

  it('of files are in kebab case, with a suffix that says their part', () => {
    const SUFFIXES =
      /^[a-z0-9]+(-[a-z0-9]+)*(\.(module|config|handler|controller|schedule|entity|store|guard|filter|decorator|d))?(\.(int|e2e|property))?(\.spec)?\.ts$/;
    const odd = typescript.filter(({ path }) => !SUFFIXES.test(basename(path)));
    expect(odd.map(({ path }) => path)).toEqual([]);
  });
});

describe('a room', () => {
  it.each(readdirSync('apps'))(
    'apps/%s begins at main.ts and shows its wiring in its module',
    (stage) => {
      const source = `apps/${stage}/src`;
      expect(existsSync(`${source}/main.ts`)).toBe(true);
      // hub has no module of its own: it composes those of the others.
      if (stage !== 'hub') expect(existsSync(`${source}/${stage}.module.ts`)).toBe(true);
    },
  );

  it.each(readdirSync('libs'))(
    'libs/%s is entered by its index.ts, and by "#%s" in package.json',
    (lib) => {
      const { imports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
        imports: Record<string, { default: string }>;
      };
      expect(existsSync(`libs/${lib}/src/index.ts`)).toBe(true);
      expect(imports[`#${lib}`]?.default).toBe(`./dist/libs/${lib}/src/index.js`);
    },
  );

  it('of Nest CLI is a room of ours, and the other way round', () => {
    const { projects } = JSON.parse(readFileSync('nest-cli.json', 'utf8')) as {
      projects: Record<string, { root: string; entryFile: string; sourceRoot: string }>;
    };
    const roots = Object.values(projects).map(({ root }) => root);
    const rooms = ['apps', 'libs'].flatMap((top) => readdirSync(top).map((one) => `${top}/${one}`));
    expect(roots.sort()).toEqual(rooms.sort());
    for (const { sourceRoot, entryFile } of Object.values(projects)) {
      expect(existsSync(`${sourceRoot}/${entryFile}.ts`)).toBe(true);
    }
  });

  it('lists each of its migrations in its module', () => {
    const migrations = globSync('{apps,libs}/*/src/migrations/*.ts');
    expect(migrations.length).toBeGreaterThan(0);
    const unlisted = migrations.filter((path) => {
      const [, name] = /export class (\w+)/.exec(readFileSync(path, 'utf8')) ?? [];
      const folder = dirname(dirname(path));
      const modules = globSync(`${folder}/*.module.ts`).map((one) => readFileSync(one, 'utf8'));
      return !modules.some((text) => new RegExp(`migrations: \\[[^\\]]*\\b${name}\\b`).test(text));
    });
    expect(unlisted).toEqual([]);
  });
});

describe('size', () => {
  it(`of a file is at most ${FILE_LINES_MARK} lines (of a spec ${SPEC_LINES_MARK}), or what it was when the mark was set`, () => {
    const grown = typescript
      .map(({ path, text }) => ({ path, lines: linesOf(text) }))
      .filter(({ path, lines }) => lines > (LONG_FILES[path] ?? markOf(path)));
    expect(grown).toEqual([]);
  });

  it('of a function is at most 60 lines, or what it was when the mark was set', () => {
    const grown = typescript
      .filter(({ path }) => !isSpec(path))
      .flatMap(longFunctions)
      .filter(([name, lines]) => lines > (LONG_FUNCTIONS[name] ?? 0));
    expect(grown).toEqual([]);
  });

  it('of what has shrunk is no longer on the list', () => {
    const done = Object.keys(LONG_FILES).filter((path) => {
      const file = typescript.find((one) => one.path === path);
      return !file || linesOf(file.text) <= markOf(path);
    });
    expect(done).toEqual([]);
  });
});

describe('people', () => {
  it('in the sources bear nobody’s civic number: Skatteverket’s test numbers, or years that nobody lives from', () => {
    const files = sourceFiles(({ path }) => !path.includes('/data/'));
    const found = files.flatMap(({ path, text }) =>
      civicNumbersOfSomebody(text).map((number) => `${path} ${number.slice(0, 4)}…`),
    );
    expect(found).toEqual([]);
  });

  it('are found out by this very rule', () => {
    expect(civicNumbersOfSomebody(`a ${['1988', '0101', '1230'].join('')}`)).toEqual([]); // wrong check digit
    expect(civicNumbersOfSomebody(`a ${['2010', '0314', '2385'].join('')} b`)).toEqual([]); // a test number
    expect(civicNumbersOfSomebody(`a ${['1990', '0101', '0017'].join('')} b`)).toHaveLength(1);
  });
});

describe('addresses', () => {
  const texts = sourceFiles(
    ({ path }) =>
      /\.(ts|mjs|cjs|json|md|ya?ml|xml)$/.test(path) && !path.includes('/data/') && !isGiven(path),
  );
  /** Schemas and namespaces that are names more than addresses, and one that Docker gives a machine inside a container. */
  const OFFICIAL = [
    'json-schema.org',
    'json.schemastore.org',
    'maven.apache.org',
    'www.apache.org',
    'www.w3.org',
    'host.testcontainers.internal',
    'id.elegnamnden.se',
  ];

  it('lead to nobody: .example, this machine, or an official name', () => {
    const hosts = texts.flatMap(({ path, text }) =>
      [...text.matchAll(/\bhttps?:\/\/([\w.-]+)/g)].map(([, host = '']) => ({ path, host })),
    );
    const strange = hosts.filter(
      ({ host }) =>
        host.includes('.') &&
        !/(^|\.)example\.?$/.test(host) &&
        !/^(127\.0\.0\.1|0\.0\.0\.0)\.?$/.test(host) &&
        !OFFICIAL.includes(host),
    );
    expect(strange).toEqual([]);
  });

  it('are no package registry’s: where packages come from is the machine’s own setting', () => {
    const registries = new RegExp(
      `${['registry.', 'npmjs'].join('')}|${['repo', '1.maven'].join('')}`,
    );
    expect(linesWith(texts, registries)).toEqual([]);
    expect(readFileSync('package-lock.json', 'utf8')).not.toContain('"resolved": "http');
  });

  it('are no folder of somebody’s machine', () => {
    const folders = new RegExp(`(^|[\\s'"\`(=])/(${['root', 'home', 'work', 'Users'].join('|')})/`);
    expect(linesWith(texts, folders)).toEqual([]);
  });
});
