import { Injectable } from '@nestjs/common';
import { Log, PeriodicTasks, Shutdown } from '#runtime';
import { HuvudmanKeys, Stage, type UnitOfWork } from '#stage';
import { FIRST_ID } from './hub-ids.js';

const EVERY_MS = 60_000;
const CHUNK_PERSONS = 1_000;

interface KeyRow {
  readonly id: string;
  readonly key: Buffer;
}

const BEGIN = {
  name: 'normalise.rewrap-begin',
  text: `
    insert into normalise.rewrapping as known (wrapped_by, done_to) values ($1, '${FIRST_ID}')
    on conflict (single) do update set
      wrapped_by = excluded.wrapped_by,
      done_to = case when known.wrapped_by = excluded.wrapped_by then known.done_to else excluded.done_to end
    returning done_to as "doneTo"`,
};

/** Another process may have made keys with an old setting since: looked for once, when this one starts. */
const REOPEN = {
  name: 'normalise.rewrap-reopen',
  text: `
    update normalise.rewrapping set done_to = '${FIRST_ID}' where done_to is null and exists (
      select from normalise.person where key <> '' and substring(key from 1 for octet_length($1::bytea)) <> $1)`,
};

const LOCK_KEYS = {
  name: 'normalise.rewrap-lock',
  text: 'select id, key from normalise.person where id > $1 order by id limit $2 for update',
};

const SAVE_KEYS = {
  name: 'normalise.rewrap-save',
  text: `
    update normalise.person as person set key = row.key from unnest($1::uuid[], $2::bytea[]) as row(id, key)
    where person.id = row.id`,
};

const NOTE = {
  name: 'normalise.rewrap-note',
  text: 'update normalise.rewrapping set done_to = $1',
};

/**
 * When the first of `MASTER_KEYS` is a new one, wraps every person's key with it, a thousand at a time while the stage runs. How far it
 * has come is stored; when the log says that it is done, the old master key may be taken out of the setting.
 */
@Injectable()
export class RewrapKeysSchedule {
  private isReopened = false;

  constructor(
    private readonly stage: Stage,
    private readonly keys: HuvudmanKeys,
    private readonly shutdown: Shutdown,
    private readonly log: Log,
    tasks: PeriodicTasks,
  ) {
    tasks.add({
      name: 'normalise.rewrap',
      everyMs: EVERY_MS,
      isAtStart: true,
      run: () => this.rewrap(),
      failure: 'Keys could not be wrapped anew',
    });
  }

  private async rewrap(): Promise<void> {
    const startedMs = performance.now();
    let persons = 0;
    if (!this.isReopened) await this.stage.read(REOPEN, [this.keys.wrappedByFirst]);
    this.isReopened = true;
    for (let isDone = false; !isDone;) {
      if (this.shutdown.isClosing) return;
      const chunk = await this.stage.transaction((unit) => this.rewrapChunk(unit));
      persons += chunk.rewrapped;
      isDone = chunk.isDone;
    }
    if (persons === 0) return;
    const durationMs = Math.round(performance.now() - startedMs);
    this.log.line({ outcome: 'done', what: 'keys wrapped by the first master key', persons, durationMs }); // prettier-ignore
  }

  private async rewrapChunk(unit: UnitOfWork): Promise<{ rewrapped: number; isDone: boolean }> {
    const prefix = this.keys.wrappedByFirst;
    const [state] = await unit.query<{ doneTo: string | null }>(BEGIN, [prefix]);
    if (state!.doneTo === null) return { rewrapped: 0, isDone: true };
    const rows = await unit.query<KeyRow>(LOCK_KEYS, [state!.doneTo, CHUNK_PERSONS]);
    const old = rows.filter(
      ({ key }) => key.length > 0 && !key.subarray(0, prefix.length).equals(prefix),
    );
    if (old.length > 0) {
      const wrapped = old.map(({ key }) => this.keys.rewrap(key));
      unit.write(SAVE_KEYS, [old.map(({ id }) => id), wrapped]);
    }
    const isDone = rows.length < CHUNK_PERSONS;
    unit.write(NOTE, [isDone ? null : rows.at(-1)!.id]);
    return { rewrapped: old.length, isDone };
  }
}
