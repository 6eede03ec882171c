import type { Socket } from 'node:net';
import { DataSource } from 'typeorm';
import { types, type PoolClient } from 'pg';
import { encodeArrays } from './array-parameters.js';
import type { DatabaseOptions } from './database-options.js';

const INT8 = 20;
/** The driver's types name no arrays. */
const INT8_ARRAY = 1016 as Parameters<typeof types.setTypeParser>[0];
const DATE = 1082;
const CONNECT_TIMEOUT_MS = 5_000;
const LOCK_TIMEOUT_MS = 10_000;
const IDLE_IN_TRANSACTION_MS = 60_000;
/** The client gives up a little after the server would have: a black-holed connection must not hold a lane for good. */
const CLIENT_GRACE_MS = 5_000;
const MIGRATION_LOCK = 0x656c6576;

// Our counters stay below 2^53, and a calendar day is a day, not an instant at somebody's midnight.
types.setTypeParser(INT8, Number);
types.setTypeParser(INT8_ARRAY, numbersOf);
types.setTypeParser(DATE, (text) => text);

/** A statement with a name is prepared once per connection. */
export interface NamedStatement {
  readonly name: string;
  readonly text: string;
}

/** One connection inside a transaction, or held for a while. */
export interface Session {
  query<Row>(statement: NamedStatement, parameters?: readonly unknown[]): Promise<Row[]>;
}

/** One stage's door to PostgreSQL: its schema, migrations, transactions and set-based statements. */
export class Database {
  readonly dataSource: DataSource;

  constructor(readonly options: DatabaseOptions) {
    this.dataSource = new DataSource({
      ...connectionOf(options),
      entities: [...options.entities],
      extra: {
        max: options.poolMax,
        connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
        idleTimeoutMillis: 30_000,
        keepAlive: true,
        // Statements that do not wait for each other's answers go out together, and are done one after another all the same.
        pipeline: true,
        statement_timeout: options.statementTimeoutMs,
        query_timeout: options.statementTimeoutMs + CLIENT_GRACE_MS,
        lock_timeout: LOCK_TIMEOUT_MS,
        idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      },
      poolErrorHandler: () => undefined, // the next statement on a fresh connection says what is wrong
    });
  }

  /** Connects and brings the schema up to date; processes that start together take turns. May be called again after it failed. */
  async start(): Promise<void> {
    await this.migrate();
    if (!this.dataSource.isInitialized) await this.dataSource.initialize();
  }

  /** On connections of its own, where a statement over a large table may take as long as it takes, and a process that comes second waits. */
  private async migrate(): Promise<void> {
    const { options } = this;
    const migrating = new DataSource({
      ...connectionOf(options),
      migrations: [...options.migrations],
      migrationsTableName: 'migration',
      extra: { max: 2, connectionTimeoutMillis: CONNECT_TIMEOUT_MS, keepAlive: true },
      poolErrorHandler: () => undefined,
    });
    await migrating.initialize();
    const runner = migrating.createQueryRunner();
    try {
      await runner.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]); // until its connection ends
      await runner.query(`create schema if not exists "${options.schema}"`);
      await migrating.runMigrations({ transaction: 'each' });
    } finally {
      await runner.release();
      await migrating.destroy();
    }
  }

  async stop(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  /**
   * Runs `work` in one transaction: all of it is stored, or nothing. What it throws comes out unchanged. It must have awaited every
   * statement when it resolves; once one has failed, those behind it fail too.
   */
  async transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.session(async (session, client) => {
      writeTogether(client);
      const begun = client.query('begin'); // not awaited: the first statement goes out with it
      begun.catch(() => undefined);
      try {
        const result = await work(session);
        await begun;
        await client.query('commit');
        return result;
      } catch (error) {
        await client.query('rollback').catch(() => undefined);
        throw error;
      }
    });
  }

  /** Lends one connection for as long as `work` runs. One that broke meanwhile is thrown away, not lent again. */
  async session<T>(work: (session: Session, client: PoolClient) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    const client = (await runner.connect()) as PoolClient;
    let broken: Error | undefined;
    const onError = (error: Error) => void (broken = error);
    client.on('error', onError);
    try {
      return await work(sessionOn(client), client);
    } catch (error) {
      if (isConnectionLost(error)) broken = error as Error;
      throw error;
    } finally {
      client.removeListener('error', onError);
      await release(runner, client, broken);
    }
  }

  /** One statement outside any transaction. */
  async read<Row>(statement: NamedStatement, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.session((session) => session.query<Row>(statement, parameters));
  }
}

/** `{1,2,3}`; our arrays of counters hold no nulls. */
function connectionOf({ url, schema, applicationName }: DatabaseOptions) {
  return { type: 'postgres', url, schema, applicationName } as const;
}

function numbersOf(text: string): number[] {
  return text === '{}' ? [] : text.slice(1, -1).split(',').map(Number);
}

function sessionOn(client: PoolClient): Session {
  return {
    query: async <Row>({ name, text }: NamedStatement, parameters: readonly unknown[] = []) => {
      const values = encodeArrays(text, parameters);
      writeTogether(client);
      const { rows } = await client.query({ name, text, values });
      return rows as Row[];
    },
  };
}

/**
 * What is asked in one turn of the event loop leaves in one write: the driver would write every statement by itself, and each write
 * wakes the server, which takes the processor from us to do a part of what it could do at once.
 */
function writeTogether(client: PoolClient): void {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

async function release(
  runner: { release(): Promise<void> },
  client: PoolClient,
  broken: Error | undefined,
): Promise<void> {
  // TypeORM gives the client back to the pool; a broken one is ended first so that the pool drops it.
  if (broken) (client as unknown as { end(): Promise<void> }).end().catch(() => undefined);
  await runner.release().catch(() => undefined);
}

const CONNECTION_LOST = /^(08|57P0)/;
const SOCKET_CODES = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ECONNABORTED']); // prettier-ignore
const CLIENT_WORDS = /Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|Query read timeout|connection is not open|client was closed|not queryable|Cannot use a pool after/i; // prettier-ignore

/** The connection itself is gone, or the server is starting or stopping. */
export function isConnectionLost(error: unknown): boolean {
  const { code, message } = unwrap(error);
  return SOCKET_CODES.has(code) || CONNECTION_LOST.test(code) || CLIENT_WORDS.test(message);
}

/** Somebody else won: the same work may well succeed when done again. Unique violations count: a row was made meanwhile. */
export function isLostRace(error: unknown): boolean {
  const { code } = unwrap(error);
  return code === '40001' || code === '40P01' || code === '55P03' || code === '23505';
}

/** PostgreSQL is away, full or overloaded: nothing is wrong with the work; do it again later. */
export function isBusy(error: unknown): boolean {
  const { code } = unwrap(error);
  return isConnectionLost(error) || code.startsWith('53') || code === '57014' || code === '25006';
}

/** The SQLSTATE, or the code of the socket; undefined for what is of neither. */
export function errorCodeOf(error: unknown): string | undefined {
  return unwrap(error).code || undefined;
}

function unwrap(error: unknown): { code: string; message: string } {
  const outer = error as { code?: unknown; message?: unknown; driverError?: { code?: unknown } };
  const code = outer?.driverError?.code ?? outer?.code;
  return {
    code: typeof code === 'string' ? code : '',
    message: typeof outer?.message === 'string' ? outer.message : '',
  };
}
