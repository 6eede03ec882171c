/** How one stage reaches PostgreSQL. Read from the environment by `#stage`; libs/database itself reads no settings. */
export interface DatabaseOptions {
  readonly url: string;
  /** The stage's own schema; no stage reads another's. */
  readonly schema: string;
  readonly applicationName: string;
  readonly poolMax: number;
  readonly statementTimeoutMs: number;
  // TypeORM takes classes; what they are constructed of is its own business.
  readonly entities: readonly (new () => object)[];
  readonly migrations: readonly MigrationClass[];
}

export type MigrationClass = new () => import('typeorm').MigrationInterface;

export const DEFAULT_DATABASE_OPTIONS = {
  poolMax: 12,
  statementTimeoutMs: 30_000,
} as const;
