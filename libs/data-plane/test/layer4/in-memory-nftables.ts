import { type Layer4Ability } from '@evenkeel/contracts';
import { type ConnectionEnding, type UsedPath } from '../../src/layer4/connection-path.ts';
import { clientsName } from '../../src/layer4/names.ts';
import { type NftCommand } from '../../src/layer4/nft-command.ts';
import { NftRefused, type Nftables } from '../../src/layer4/nftables.ts';
import { type Family } from '../../src/layer4/ruleset.ts';
import { type RememberedClient, type RememberedClients, type RunningLayer4 } from '../../src/layer4/running.ts';

type Client = { address: string; timeoutSeconds: number; untilMs: number };
type TwinSet = { type: unknown; size: number; flags: string[]; clients: Map<string, Client> };
type TwinHook = { type: string; hook: string; prio: number; policy: string };
type Table = {
  sets: Map<string, TwinSet>;
  counters: Set<string>;
  chains: Map<string, { hook?: TwinHook; rules: object[] }>;
};
type Fields = { name: string; chain: string; type: string; hook?: string; prio: number; policy: string } & Record<
  string,
  unknown
>;

/** The kernel's table in memory, as strict as the kernel about what mentions what. Shares a suite with the real door. */
export class InMemoryNftables implements Nftables {
  able: Layer4Ability = { state: 'able' };
  forwards = true;
  used: UsedPath[] = [];
  readonly ended: ConnectionEnding[] = [];
  /** What was asked of it, in order: `apply`, `observe` and so on. */
  readonly asked: string[] = [];
  table: Table | undefined;

  /** Without a clock time stands still. */
  constructor(
    private readonly nowMs: () => number = () => 0,
    readonly family: Family = 'ip',
  ) {}

  ability(): Promise<Layer4Ability> {
    this.asked.push('ability');
    return Promise.resolve(this.able);
  }

  isForwarding(): Promise<boolean> {
    this.asked.push('isForwarding');
    return Promise.resolve(this.forwards);
  }

  observe(): Promise<RunningLayer4 | undefined> {
    this.asked.push('observe');
    return Promise.resolve(this.table && { family: this.family, ...copyOf(this.table), strangers: [] });
  }

  clients(servers: readonly number[]): Promise<RememberedClients> {
    this.asked.push('clients');
    const nowMs = this.nowMs();
    const sets = servers.flatMap((server) => {
      const clients = this.table?.sets.get(clientsName(server))?.clients;
      return clients === undefined
        ? []
        : [[server, [...clients.values()].flatMap((client) => listed(client, nowMs))] as const];
    });
    return Promise.resolve(new Map(sets));
  }

  async apply(transaction: readonly NftCommand[]): Promise<void> {
    this.asked.push('apply');
    let table = this.table === undefined ? undefined : copyOf(this.table);
    for (const command of transaction) table = after(table, command, this.nowMs());
    if (table !== undefined) checkMentions(table);
    this.table = table;
    return Promise.resolve();
  }

  connections(): Promise<readonly UsedPath[]> {
    this.asked.push('connections');
    return Promise.resolve(this.used);
  }

  end(endings: readonly ConnectionEnding[]): Promise<void> {
    this.asked.push('end');
    this.ended.push(...endings);
    return Promise.resolve();
  }

  /** A client of this real server, as a rule in the kernel would remember it. */
  remember(server: number, address: string, expiresSeconds = 200): void {
    const untilMs = this.nowMs() + expiresSeconds * 1_000;
    this.table?.sets.get(clientsName(server))?.clients.set(address, { address, timeoutSeconds: 300, untilMs });
  }
}

/** In whole seconds, rounded down; those in their last second are left out. */
const listed = ({ address, timeoutSeconds, untilMs }: Client, nowMs: number): RememberedClient[] => {
  const expiresSeconds = Math.floor((untilMs - nowMs) / 1_000);
  return expiresSeconds < 1 ? [] : [{ address, timeoutSeconds, expiresSeconds }];
};

const after = (table: Table | undefined, command: NftCommand, nowMs: number): Table | undefined => {
  const [verb, object] = Object.entries(command)[0] as [keyof NftCommand, Record<string, Fields>];
  const [kind, fields] = Object.entries(object)[0] as [string, Fields];
  if (kind === 'table') return verb === 'delete' ? gone(table) : (table ?? emptyTable());
  const present = table ?? refuse('no table');
  if (verb === 'flush') chainIn(present, fields.name).rules = [];
  else if (verb === 'delete' && kind === 'element') removeClients(present, fields);
  else if (verb === 'delete') remove(present, kind, fields.name);
  else if (kind === 'element') addClients(present, fields, nowMs);
  else add(present, kind, fields);
  return present;
};

/** Deep enough: what is shared is never changed. */
const copyOf = ({ sets, counters, chains }: Table): Table => ({
  sets: new Map([...sets].map(([name, set]) => [name, { ...set, clients: new Map(set.clients) }])),
  counters: new Set(counters),
  chains: new Map([...chains].map(([name, chain]) => [name, { ...chain, rules: [...chain.rules] }])),
});

const emptyTable = (): Table => ({ sets: new Map(), counters: new Set(), chains: new Map() });

const gone = (table: Table | undefined): undefined => (table === undefined ? refuse('no table to delete') : undefined);

const refuse = (words: string): never => {
  throw new NftRefused(words);
};

const chainIn = ({ chains }: Table, name: string): { rules: object[] } =>
  chains.get(name) ?? refuse(`no chain ${name}`);

const add = (table: Table, kind: string, fields: Fields): void => {
  const { name, chain, type, hook, prio, policy } = fields;
  if (kind === 'set') table.sets.set(name, newSet(table, fields));
  else if (kind === 'counter') table.counters.add(name);
  else if (kind === 'chain') {
    if (table.chains.has(name)) return; // to add one that is there does nothing
    table.chains.set(name, { ...(hook === undefined ? {} : { hook: { type, hook, prio, policy } }), rules: [] });
  } else if (kind === 'rule') {
    const { expr, comment } = fields;
    chainIn(table, chain).rules.push(comment === undefined ? { expr } : { expr, comment });
  } else refuse(`cannot add ${kind}`);
};

/** To add one that is there does nothing, and does not lengthen its time. */
const addClients = (table: Table, { name, elem }: Fields, nowMs: number): void => {
  const set = table.sets.get(name) ?? refuse(`no set ${name}`);
  for (const [address, { untilMs }] of set.clients) if (untilMs <= nowMs) set.clients.delete(address);
  for (const { elem: element } of elem as { elem: { val: string; timeout: number; expires: number } }[]) {
    const { val: address, timeout: timeoutSeconds, expires } = element;
    if (set.clients.has(address)) continue;
    if (expires > timeoutSeconds) refuse('out of range');
    if (set.clients.size >= set.size) refuse(`set ${name} is full`);
    set.clients.set(address, { address, timeoutSeconds, untilMs: nowMs + expires * 1_000 });
  }
};

const removeClients = (table: Table, { name, elem }: Fields): void => {
  const set = table.sets.get(name) ?? refuse(`no set ${name}`);
  for (const address of elem as string[]) if (!set.clients.delete(address)) refuse(`no element ${address}`);
};

const newSet = ({ sets }: Table, { name, type, size, flags }: Fields): TwinSet =>
  sets.has(name)
    ? refuse(`set ${name} exists`)
    : { type, size: (size ?? 65_535) as number, flags: flags as string[], clients: new Map() };

const remove = (table: Table, kind: string, name: string): void => {
  const written = JSON.stringify([...table.chains.values()]);
  const mentions = { set: `"@${name}"`, counter: `"counter":"${name}"`, chain: `"target":"${name}"` }[kind];
  if (mentions === undefined || written.includes(mentions)) refuse(`${kind} ${name} is busy`);
  const things: { delete(name: string): boolean } =
    kind === 'set' ? table.sets : kind === 'counter' ? table.counters : table.chains;
  if (kind === 'chain' && chainIn(table, name).rules.length > 0) refuse(`chain ${name} is not empty`);
  if (!things.delete(name)) refuse(`no ${kind} ${name}`);
};

const checkMentions = ({ sets, counters, chains }: Table): void => {
  const written = JSON.stringify([...chains.values()]);
  for (const [kind, pattern, known] of [
    ['set', /"@([^"]+)"/g, sets],
    ['counter', /"counter":"([^"]+)"/g, counters],
    ['chain', /"target":"([^"]+)"/g, chains],
  ] as const) {
    for (const [, name = ''] of written.matchAll(pattern)) if (!known.has(name)) refuse(`no ${kind} ${name}`);
  }
};
