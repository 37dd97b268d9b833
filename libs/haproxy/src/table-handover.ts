import { type RuntimeApi } from './runtime-api.ts';

/** One remembered client: its table, its key, the id of its server. */
export type RememberedClient = { readonly table: string; readonly key: string; readonly serverId: string };

/** Tables whose clients the new worker must be told of, by name. */
export type UntaughtTables = 'all' | readonly string[];

/** Beyond so many clients the handover would cost more than the new worker takes to learn them again. */
const clientsMax = 50_000;

/**
 * Whether a reload hands the stick tables over by itself: the old worker teaches the new one, as its peer. It does so only
 * if its own lesson is finished, and the first worker after a start waits 5 s for a teacher, one whose teacher failed
 * 10 s: a reload in that time would lose all tables (tried on 2.6.12).
 */
export const teachesTables = async (worker: RuntimeApi): Promise<boolean> => {
  const [peers = ''] = await worker.ask(['show peers']);
  const flags = / flags=0x([0-9a-f]+) resync_timeout/.exec(peers)?.[1];
  return flags !== undefined && (Number.parseInt(flags, 16) & lessonFinished) === lessonFinished;
};

/**
 * Who shares stick tables in a configuration, and where. A reload that changes it needs more than the lesson of the old
 * worker. That one teaches at the place that it knows itself by: where the new one listens elsewhere, there is no lesson. And
 * what a worker is taught it does not pass on, so a node that has just joined and asked it too early would never hear of it
 * (both tried on 2.6.12).
 */
export const sharingIn = (configuration: string): string =>
  [...configuration.matchAll(/^ {2}peer .*$/gm)].map(([line]) => line).join('\n');

/**
 * The type of each stick table in a configuration. A worker takes no lesson about a table whose keys have another type (tried
 * on 2.6.12): a service that goes from IPv4 to IPv6, or back.
 */
export const tableTypesIn = (configuration: string): ReadonlyMap<string, string> =>
  new Map(
    [...configuration.matchAll(/^(?:listen|backend) (\S+)|^ {2}stick-table type (\S+)/gm)].flatMap(
      ([, , type], index, lines) => (type === undefined ? [] : [[lines[index - 1]?.[1] ?? '', type] as const]),
    ),
  );

/** Tables that both configurations have, with keys of different types. */
export const retypedTables = (before: string, after: string): readonly string[] => {
  if (!`${before}${after}`.includes('stick-table type ipv6')) return [];
  const types = tableTypesIn(before);
  return [...tableTypesIn(after)].filter(([name, type]) => (types.get(name) ?? type) !== type).map(([name]) => name);
};

/** `PEERS_RESYNC_FINISHED` of HAProxy's `peers.h`. */
const lessonFinished = 0x3;

/** Every client that these tables remember; none of too many. */
export const rememberedClients = async (
  worker: RuntimeApi,
  wanted: UntaughtTables,
): Promise<readonly RememberedClient[]> => {
  if (wanted.length === 0) return [];
  const [tables = ''] = await worker.ask(['show table']);
  const used = [...tables.matchAll(/^# table: ([A-Za-z0-9]+), .* used:(\d+)$/gm)].filter(
    ([, name = '', count]) => count !== '0' && (wanted === 'all' || wanted.includes(name)),
  );
  const total = used.reduce((sum, [, , count]) => sum + Number(count), 0);
  if (total > clientsMax) return [];
  const names = used.map(([, name]) => name ?? '');
  const answers = await worker.ask(names.map((name) => `show table ${name}`));
  return answers.flatMap((answer, index) => clientsIn(names[index] ?? '', answer));
};

/** Gives the new worker, whose tables have these types, what the old one could not teach it. What it does not know any more it refuses, rightly. */
export const carryClients = async (
  worker: RuntimeApi,
  clients: readonly RememberedClient[],
  types: ReadonlyMap<string, string>,
): Promise<void> => {
  await worker.ask(
    clients.map(
      ({ table, key, serverId }) =>
        `set table ${table} key ${keyFor(types.get(table), key)} data.server_id ${serverId}`,
    ),
  );
};

/** A table of IPv6 holds IPv4 in a form of its own. An IPv6 address in a table of IPv4 has no form, and is refused. */
const keyFor = (type: string | undefined, key: string): string => {
  const bare = key.replace(/^::ffff:(?=\d+\.)/, '');
  return type === 'ipv6' && !bare.includes(':') ? `::ffff:${bare}` : bare;
};

const clientsIn = (table: string, answer: string): readonly RememberedClient[] =>
  [...answer.matchAll(/ key=([0-9a-f.:]+) .*?server_id=(\d+)/g)].map(([, key = '', serverId = '']) => ({
    table,
    key,
    serverId,
  }));
