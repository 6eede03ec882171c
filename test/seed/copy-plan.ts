import type { NamedStatement } from '#database';

/** How the rows that a statement inserts go into their table by COPY. */
export interface CopyPlan {
  readonly table: string;
  readonly columns: readonly {
    readonly name: string;
    /** Which of the statement's parameters, each an array, holds the column. */
    readonly parameter: number;
    /** Text that the statement decodes to bytes. */
    readonly isHex: boolean;
  }[];
  /** The parameter that says which rows are new, if some may be there already. */
  readonly isNew: number | undefined;
  /** Parameters of what the statement does beside the insert; it can be copied only when they are empty. */
  readonly others: readonly number[];
}

const INSERT = /insert into\s+([\w.]+)\s*(?:as\s+\w+\s*)?\(([^)]*)\)/;
const UNNEST = /unnest\(([^)]*)\)(?:\s*as\s+\w+\s*\(([^)]*)\))?/g;

/**
 * Reads a stage's set-based statement, `insert into t(a, b) select … from unnest($1::…[], $2::…[]) as n(a, b)`, for which parameter
 * goes into which column. So the volume is written by what the stages themselves decided, and a column that a stage gains is copied
 * without a change here.
 *
 * @returns undefined for a statement that inserts nothing of this form; it has to be run as it is.
 */
export function planCopy({ text }: NamedStatement): CopyPlan | undefined {
  const insert = INSERT.exec(text);
  if (insert === null) return undefined;
  const columns = namesIn(insert[2]!);
  const unnests = [...text.matchAll(UNNEST)].map((found) => ({
    at: found.index,
    parameters: [...found[1]!.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number) - 1),
    names: found[2] === undefined ? undefined : namesIn(found[2]),
  }));
  // The rows stand behind the insert, or in a part of the statement before it.
  const rows = unnests.findLast(({ at }) => at > insert.index) ?? unnests.at(0);
  if (rows === undefined) return undefined;
  const names = rows.names ?? columns;
  const hex = new Set(
    [...text.matchAll(/decode\((?:\w+\.)?(\w+), 'hex'\)/g)].map(([, name]) => name),
  );
  const parameterOf = (name: string) => rows.parameters[names.indexOf(name)];
  if (columns.some((name) => parameterOf(name) === undefined)) return undefined;
  return {
    table: insert[1]!,
    columns: columns.map((name) => {
      return { name, parameter: parameterOf(name)!, isHex: hex.has(name) };
    }),
    isNew: parameterOf('is_new'),
    others: unnests.filter((one) => one !== rows).flatMap(({ parameters }) => parameters),
  };
}

/** False when the statement does more than insert new rows this time. */
export function isPureInsert(plan: CopyPlan, parameters: readonly unknown[]): boolean {
  const { isNew, others } = plan;
  if (isNew !== undefined && !(parameters[isNew] as boolean[]).every(Boolean)) return false;
  return others.every((index) => (parameters[index] as unknown[]).length === 0);
}

/** The rows in PostgreSQL's text format of COPY. */
export function copyText(plan: CopyPlan, parameters: readonly unknown[]): string {
  const columns = plan.columns.map(({ parameter, isHex }) => {
    return { values: parameters[parameter] as readonly unknown[], isHex };
  });
  const lines = columns[0]!.values.map((_, row) =>
    columns.map(({ values, isHex }) => field(values[row], isHex)).join('\t'),
  );
  return lines.map((line) => `${line}\n`).join('');
}

function field(value: unknown, isHex: boolean): string {
  if (value === null || value === undefined) return '\\N';
  if (Buffer.isBuffer(value)) return `\\\\x${value.toString('hex')}`;
  if (value instanceof Date) return value.toISOString();
  const text = String(value as string | number | boolean);
  if (isHex) return `\\\\x${text}`;
  return SPECIAL.test(text) ? text.replaceAll(/[\\\n\r\t]/g, (one) => ESCAPES[one]!) : text;
}

const SPECIAL = /[\\\n\r\t]/;
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function namesIn(list: string): string[] {
  return list.split(',').map((name) => name.trim());
}
