import { REPLAY_CHUNK, type Replay, type ReplayedChunk, type UnitOfWork } from '#stage';
import { AccessRows } from '../access.store.js';
import { retellAccess } from '../rules/retell-access.js';
import { tellAccess } from '../tell-decisions.js';
import { nextPersons, type Phase } from './replay.store.js';

/**
 * The next persons' access is told once more as it stands, under their locks and with the next numbers of their sequences. Nothing is
 * decided: what is due by now is told when it has been. Of a person who has nothing there is nothing to tell.
 */
export async function replayChunk(
  unit: UnitOfWork,
  { cause, passed }: Replay<Phase>,
): Promise<ReplayedChunk> {
  const keys = await nextPersons(unit, passed, REPLAY_CHUNK);
  const rows = await AccessRows.load(unit, keys);
  const occasion = { id: `${cause} replayed`, causationid: cause };
  let replayed = 0;
  for (const row of rows.all) {
    const facts = row.personState;
    const events = retellAccess(row.record.access, facts.securityMarking !== 'Ingen');
    tellAccess(unit, row, events, { facts, occasion });
    if (events.length > 0) replayed++;
  }
  rows.save(unit);
  return { keys, replayed };
}
