import type { Statement } from '../unit-of-work.js';

export interface AuditStatements {
  readonly lockHead: Statement;
  readonly moveHead: Statement;
  readonly put: Statement;
  readonly readEnd: Statement;
  readonly readChunk: Statement;
  readonly readAbout: Statement;
}

const COLUMNS = `number, (extract(epoch from at) * 1000000)::bigint as "atMicros", client, subject, role, huvudman, acr,
                 action, about, outcome, detail, hash`;

export function auditStatements(schema: string): AuditStatements {
  const named = (name: string, text: string): Statement => ({
    name: `${schema}.audit.${name}`,
    text: text.replaceAll('{s}', schema),
  });
  return {
    lockHead: named('lock-head', `select number, hash from {s}.audit_head for update`),
    moveHead: named('move-head', `update {s}.audit_head set number = $1, hash = $2`),
    put: named(
      'put',
      `insert into {s}.audit(number, at, client, subject, role, huvudman, acr, action, about, outcome, detail, hash)
       select * from unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                            $8::text[], $9::text[], $10::text[], $11::text[], $12::bytea[])`,
    ),
    // One statement sees one moment: an entry that is written meanwhile is neither missing nor too much.
    readEnd: named(
      'read-end',
      `select h.number, h.hash, coalesce((select max(number) from {s}.audit), 0) as last,
              (select hash from {s}.audit where number = $1) as start
         from {s}.audit_head h`,
    ),
    readChunk: named(
      'read-chunk',
      `select ${COLUMNS} from {s}.audit where number > $1 and number <= $2 order by number limit $3`,
    ),
    readAbout: named(
      'read-about',
      `select ${COLUMNS} from {s}.audit where about = $1 and number < $2 order by number desc limit $3`,
    ),
  };
}
