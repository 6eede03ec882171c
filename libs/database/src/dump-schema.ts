import type { Database } from './database.js';

const statement = (what: string, text: string) => ({ name: `dump.${what}`, text });

const COLUMNS = statement(
  'columns',
  `select c.relname as table_name, a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as required,
          pg_get_expr(d.adbin, d.adrelid) as preset, a.attidentity as identity
     from pg_attribute a
     join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p')
     join pg_namespace n on n.oid = c.relnamespace
     left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where n.nspname = $1 and a.attnum > 0 and not a.attisdropped
    order by c.relname, a.attnum`,
);
const CONSTRAINTS = statement(
  'constraints',
  `select c.relname as table_name, k.conname as name, pg_get_constraintdef(k.oid) as definition
     from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = $1 and k.contype <> 'n' order by 1, 2`,
);
const INDEXES = statement(
  'indexes',
  `select indexdef as definition from pg_indexes i
    where schemaname = $1 and not exists (select 1 from pg_constraint k where k.conname = i.indexname) order by indexname`,
);

interface Column {
  table_name: string;
  name: string;
  type: string;
  required: boolean;
  preset: string | null;
  identity: string;
}

/** The schema as the catalogue knows it, in a fixed order: what is committed as `schema.sql` and compared by a spec. */
export async function dumpSchema(database: Database): Promise<string> {
  const { schema } = database.options;
  const columns = await database.read<Column>(COLUMNS, [schema]);
  const constraints = await database.read<{ table_name: string; name: string; definition: string }>(
    CONSTRAINTS,
    [schema],
  );
  const indexes = await database.read<{ definition: string }>(INDEXES, [schema]);
  const tables = [...new Set(columns.map(({ table_name }) => table_name))];
  const lines: string[] = [`create schema ${schema};`];
  for (const table of tables) {
    const body = columns.filter(({ table_name }) => table_name === table).map(columnLine);
    const keys = constraints
      .filter(({ table_name }) => table_name === table)
      .map(({ name, definition }) => `  constraint ${name} ${definition}`);
    lines.push('', `create table ${schema}.${table} (`, [...body, ...keys].join(',\n'), ');');
  }
  if (indexes.length > 0) lines.push('', ...indexes.map(({ definition }) => `${definition};`));
  return `${lines.join('\n')}\n`;
}

function columnLine({ name, type, required, preset, identity }: Column): string {
  const parts = [`  ${name} ${type}`];
  if (required) parts.push('not null');
  if (identity !== '') parts.push('generated always as identity');
  if (preset !== null) parts.push(`default ${preset}`);
  return parts.join(' ');
}
