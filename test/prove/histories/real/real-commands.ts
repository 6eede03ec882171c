import type pg from 'pg';
import { COMMANDS_TOPIC, commandTarget, SCHEMAS, toBinaryHeaders, type Command } from '#canonical';
import type { OutgoingRecord } from '#kafka';
import type { Deed } from '../history.js';

const PERSON = `select person as target from normalise.claim where source = $1 and local_id = $2`;

const QUESTION = `
  select distinct q.id as target
    from normalise.question q join normalise.parked p on p.awaits = q.id and p.state = 'parked'
   where q.source = $1 and q.local_id = $2`;

/** What an administrator would have to ask for, by the ids that the hub shows them. */
export async function commandFor(deed: Deed, database: pg.Client): Promise<Command> {
  const { does, source, localId } = deed;
  const text = does === 'separate' ? PERSON : QUESTION;
  const { rows } = await database.query<{ target: string }>(text, [source, localId]);
  const [row, ...others] = rows;
  if (row === undefined || others.length > 0) {
    throw new Error(`The twin has something to ${does}, the hub has ${rows.length}.`);
  }
  return does === 'separate'
    ? { name: does, person: row.target, source, localId }
    : { name: 'answer', question: row.target, answer: does };
}

/** As the dashboard sends it once it has checked who asks. */
export function commandRecord(
  { id }: { readonly id: string },
  command: Command,
  now: Date,
): OutgoingRecord {
  const key = commandTarget(command);
  const at = now.toISOString();
  const envelope = {
    id,
    source: 'urn:elevnav:dashboard',
    type: 'se.elevnav.command.given',
    subject: key,
    time: at,
    dataschema: SCHEMAS.command.dataschema,
  };
  const by = { clientId: 'histories', subject: 'administrator' };
  return {
    topic: COMMANDS_TOPIC,
    key,
    headers: toBinaryHeaders(envelope),
    value: JSON.stringify({ command, by, at }),
  };
}
