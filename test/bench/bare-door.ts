import { hash } from 'node:crypto';
import { createServer } from 'node:http';
import { Pool } from 'pg';

/**
 * The reference of the access benchmark: the same look-up in the same tables and one row committed, by a bare HTTP server and the
 * driver. No token, no limits, no entry chained to another, no answer beyond yes or no. What it takes is the machine's to answer for.
 */
const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 12 });
const FIND = {
  name: 'bare.find',
  text: `select p.state::text as state from test_access.entry_eppn e join test_access.person_access p using (person) where e.eppn = $1`,
};
const TELL = { name: 'bare.tell', text: 'insert into bare.told(eppn) values ($1)' };

await pool.query('create schema if not exists bare');
await pool.query(
  'create table if not exists bare.told (id bigint generated always as identity primary key, at timestamptz not null default now(), eppn bytea not null)',
);

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (part: string) => (body += part));
  request.on('end', () => {
    void answer((JSON.parse(body) as { eppn: string }).eppn).then((allowed) =>
      response.end(JSON.stringify({ allowed })),
    );
  });
});
server.listen(Number(process.env.HTTP_PORT), '127.0.0.1', () => console.log('READY'));

async function answer(eppn: string): Promise<boolean> {
  const digest = hash('sha256', eppn.toLowerCase(), 'buffer').subarray(0, 16);
  const { rows } = await pool.query<{ state: string }>({ ...FIND, values: [digest] });
  await pool.query({ ...TELL, values: [digest] });
  return rows.length > 0 && JSON.parse(rows[0]!.state) !== null;
}
