/** The database and role that the services' URL names; the role may create further databases. */
export const databaseName = 'elevnav';

/**
 * Settings for a pipeline with many small transactions, durable as in production: what is
 * committed survives a power cut. Logs never hold a statement or a row's values.
 */
export const postgresSettings: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  // Taken as it is used. With 256 MB the benchmark of two minutes evicted 113,000 pages that it then had to read or write again.
  shared_buffers: '1GB',
  effective_cache_size: '2GB',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  wal_buffers: '16MB',
  min_wal_size: '256MB',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  random_page_cost: '1.1',
  // Compiling a plan costs more than the short statements of the pipeline.
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  log_min_messages: 'warning',
  log_checkpoints: 'off',
  log_min_error_statement: 'panic',
  // Leaves out DETAIL, which would quote the values of a row that breaks a constraint.
  log_error_verbosity: 'terse',
  log_parameter_max_length_on_error: '0',
};

/** The settings as arguments of `postgres`. */
export function settingArguments(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/**
 * Arguments of `initdb`. Text sorts bytewise (by code point) and the same on every operating
 * system, since the builtin provider asks no C library.
 */
export function initialisationArguments(dataFolder: string, passwordFile: string): string[] {
  return [
    `--pgdata=${dataFolder}`,
    `--username=${databaseName}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-instructions',
  ];
}

/** The URL of a database on this machine. */
export function databaseUrl(port: number, password: string, database = databaseName): string {
  return `postgres://${databaseName}:${password}@127.0.0.1:${port}/${database}`;
}
