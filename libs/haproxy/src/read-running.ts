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
      .map((row) => [`${row.pxname}/${row.svname}`, row] as const),
  );
  const services = new Map<string, Map<string, RunningServer>>();
  for (const row of answers.filter((_, index) => index % 2 === 0).flatMap(readStates)) {
    const servers = services.get(row.be_name) ?? new Map<string, RunningServer>();
    services.set(
      row.be_name,
      servers.set(row.srv_name, runningServer(row, counts.get(`${row.be_name}/${row.srv_name}`))),
    );
  }
  return services;
};

const readStates = (answer: string) =>
  readColumns(answer, ' ', [
    ...(['be_name', 'srv_name', 'srv_addr', 'srv_port'] as const),
    ...(['srv_op_state', 'srv_admin_state', 'srv_uweight'] as const),
  ]);

type StateRow = ReturnType<typeof readStates>[number];
type Counts = { readonly scur: string; readonly slim: string };

const runningServer = (state: StateRow, counts: Counts | undefined): RunningServer => ({
  address: state.srv_addr,
  port: state.srv_port === '0' ? 'inherit' : Number(state.srv_port),
  weight: Number(state.srv_uweight),
  adminState: adminStateFrom(Number(state.srv_admin_state)),
  isDown: state.srv_op_state === '0',
  maxConnections: counts && Number(counts.slim), // empty without a limit
  connections: Number(counts?.scur ?? 0),
});
