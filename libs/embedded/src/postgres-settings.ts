/**
 * Command line of `postgres` for a commit log on a small box. Durability is stated here, on the command line, so that no
 * file in the data folder can trade it away. Source: Postgres 18 manual, chapter 19.
 */
export const postgresArguments = (dataFolder: string, port: number): string[] => [
  '-D',
  dataFolder,
  ...Object.entries({ ...durable, ...small, ...loopbackOnly, ...quiet, port }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]),
];

/** An acknowledged commit survives `kill -9` and a power cut. */
const durable = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };

const small = {
  // The log is appended at its end and read from memory: a large cache would only take memory from HAProxy.
  shared_buffers: '64MB',
  max_connections: 50,
  // Statements are short: compiling one costs more than running it.
  jit: 'off',
  // The default, three I/O workers, is three processes too many on two cores.
  io_method: 'sync',
  max_logical_replication_workers: 0,
};

const loopbackOnly = { listen_addresses: '127.0.0.1', unix_socket_directories: '' };

const quiet = {
  // A failed statement is its client's affair (a lost race for a revision is daily business), and its text may hold data.
  log_min_messages: 'log',
  log_checkpoints: 'off',
  log_timezone: 'UTC',
};
