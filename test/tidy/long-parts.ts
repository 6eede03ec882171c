import ts from 'typescript';
import type { SourceFile } from './source-files.js';

export const FILE_LINES_MARK = 300;
/** A spec is a list of sentences, and every mended fault adds one. */
export const SPEC_LINES_MARK = 600;
export const FUNCTION_LINES_MARK = 60;

/** Files that are longer than the mark, with their lines rounded up to tens. None may grow past that, and no other may join. */
export const LONG_FILES: Readonly<Record<string, number>> = {};

/** Functions that are longer than the mark, likewise. */
export const LONG_FUNCTIONS: Readonly<Record<string, number>> = {
  'apps/ingest/test/open-door.ts openDoor': 70,
  'apps/normalise/src/facts/note-needs.ts noteNeeds': 70,
  'apps/normalise/src/migrations/0001-create-register.ts up': 70,
  'apps/test-access/src/rules/decide-access.ts decideAccess': 70,
  'libs/stage/src/stage-statements.ts stageStatements': 100,
  'test/bench/measure-throughput.ts saturate': 90,
};

export function linesOf(text: string): number {
  return text.split('\n').length - 1;
}

/** `path name` and lines of every function over the mark; specs are lists of sentences and do not count. */
export function longFunctions({ path, text }: SourceFile): [string, number][] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: [string, number][] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const lines = lineOf(source, node.end) - lineOf(source, node.getStart()) + 1;
      if (lines > FUNCTION_LINES_MARK) found.push([`${path} ${nameOf(node)}`, lines]);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function lineOf(source: ts.SourceFile, position: number): number {
  return source.getLineAndCharacterOfPosition(position).line;
}

function nameOf(node: ts.SignatureDeclaration): string {
  return node.name?.getText() ?? 'without a name';
}
