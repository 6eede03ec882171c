import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { NamedStatement, Session } from '#database';
import { copyText, isPureInsert, planCopy, type CopyPlan } from './copy-plan.js';

const plans = new Map<string, CopyPlan | undefined>();

/**
 * A stage's statements on one connection, in one transaction: what only inserts goes by COPY, all else as it is, so that the stages
 * read what was copied before. Either all of it is there in the end, or nothing.
 */
export class CopySession implements Session {
  copied = 0;
  private last: Promise<unknown> = Promise.resolve();

  private constructor(private readonly client: Client) {}

  static async open(url: string): Promise<CopySession> {
    const client = new Client({ connectionString: url, application_name: 'elevnav-seed' });
    await client.connect();
    await client.query('begin');
    return new CopySession(client);
  }

  async commit(): Promise<void> {
    await this.client.query('commit');
  }

  /** Ends the connection; what was not committed is undone. */
  async close(): Promise<void> {
    await this.client.end();
  }

  async query<Row>(statement: NamedStatement, parameters: readonly unknown[] = []): Promise<Row[]> {
    const plan = planOf(statement);
    if (plan === undefined || !isPureInsert(plan, parameters))
      return this.run(statement, parameters);
    const rows = (parameters[plan.columns[0]!.parameter] as readonly unknown[]).length;
    const columns = plan.columns.map(({ name }) => name).join(', ');
    const text = copyText(plan, parameters);
    await this.inTurn(() =>
      pipeline(
        Readable.from([text]),
        this.client.query(copyFrom(`copy ${plan.table}(${columns}) from stdin`)),
      ),
    );
    this.copied += rows;
    return [{ written: rows }] as Row[]; // for the one statement that counts what it wrote
  }

  /** Runs a statement as it is. */
  async run<Row>(
    { name, text }: NamedStatement,
    parameters: readonly unknown[] = [],
  ): Promise<Row[]> {
    const { rows } = await this.inTurn(() =>
      this.client.query({ name, text, values: [...parameters] }),
    );
    return rows as Row[];
  }

  /** One statement at a time, in the order in which they are asked for. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined); // whoever asked for it is told
    return done;
  }
}

function planOf(statement: NamedStatement): CopyPlan | undefined {
  if (!plans.has(statement.name)) plans.set(statement.name, planCopy(statement));
  return plans.get(statement.name);
}
