import { adminStateFrom, type RunningServer, type RunningServices } from '@evenkeel/data-plane';
import { readColumns } from './read-columns.ts';

/** The questions that `readRunning` needs the answers of: about these services, or about all. */
export const questionsAbout = (services?: readonly string[]): readonly string[] => {
  if (services === undefined) return [statesQuestion, `show stat -1 ${serversOnly} -1`];
  return services.flatMap((service) => [`${statesQuestion} ${service}`, `show stat ${service} ${serversOnly} -1`]);
};

/** The first of them alone: a worker that has just started has the limits of its file, and no connections. */
export const statesQuestion = 'show servers state';

/** Bit of `show stat`: servers, without frontends and back ends. */
const serversOnly = 4;

/**
 * The servers in the answers to `questionsAbout`. `show servers state` knows intent, verdict, weight and address;
 * only `show stat` knows the limit and the open connections.
 */
export const readRunning = (answers: readonly string[]): RunningServices => {
  const counts = new Map(
    answers
      .filter((_, index) => index % 2 === 1)
      .flatMap((answer) => readColumns(answer, ',', ['pxname', 'svname', 'scur', 'slim']))
      .map(([service, server, ...count]) => [`${service}/${server}`, count] as const),
  );
  const services = new Map<string, Map<string, RunningServer>>();
  for (const [service = '', server = '', ...state] of answers
    .filter((_, index) => index % 2 === 0)
    .flatMap((answer) => readColumns(answer, ' ', stateColumns))) {
    const servers = services.get(service) ?? new Map<string, RunningServer>();
    services.set(service, servers.set(server, runningServer(state, counts.get(`${service}/${server}`))));
  }
  return services;
};

const stateColumns = [
  ...['be_name', 'srv_name', 'srv_addr', 'srv_port'],
  ...['srv_op_state', 'srv_admin_state', 'srv_uweight', 'srv_use_ssl'],
];

const runningServer = (
  [address = '', port, operation, admin, weight, useTls]: readonly string[],
  count: readonly string[] | undefined,
): RunningServer => ({
  address,
  port: port === '0' ? 'inherit' : Number(port),
  weight: Number(weight),
  isEncrypted: useTls === '1', // -1 where the file says `no-ssl`
  adminState: adminStateFrom(Number(admin)),
  isDown: operation === '0',
  maxConnections: count && Number(count[1]), // empty without a limit
  connections: Number(count?.[0] ?? 0),
});
