import { readFileSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';

export interface SourceFile {
  /** From the top of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** The folders that hold what is ours; all else at the top is made by tools. */
const FOLDERS = ['apps', 'libs', 'test', 'bin', 'docker', 'docs', '.ci'];
const MADE_BY_TOOLS = new Set(['package-lock.json']);
const BINARY = new Set(['.png', '.jpg', '.ico', '.gz']);

let all: readonly SourceFile[] | undefined;

/** Every text file of the repository that a person keeps. */
export function sourceFiles(
  matches: (file: SourceFile) => boolean = () => true,
): readonly SourceFile[] {
  all ??= [...topFiles(), ...FOLDERS.flatMap(below)]
    .filter((path) => !BINARY.has(extname(path)))
    .sort()
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
  return all.filter(matches);
}

function topFiles(): string[] {
  return readdirSync('.', { withFileTypes: true })
    .filter((entry) => entry.isFile() && !MADE_BY_TOOLS.has(entry.name))
    .map(({ name }) => name);
}

function below(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}
