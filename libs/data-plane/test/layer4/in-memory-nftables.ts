import { type Layer4Ability } from '@evenkeel/contracts';
import { type ConnectionEnding, type UsedPath } from '../../src/layer4/connection-path.ts';
import { clientsName } from '../../src/layer4/names.ts';
import { type NftCommand } from '../../src/layer4/nft-command.ts';
import { NftRefused, type Nftables } from '../../src/layer4/nftables.ts';
import { type Family } from '../../src/layer4/ruleset.ts';
import { type RememberedClients, type RunningLayer4 } from '../../src/layer4/running.ts';

type Client = { address: string; timeoutSeconds: number; expiresSeconds: number };
type TwinSet = { type: unknown; size: number; flags: string[]; clients: Client[] };
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
  constructor(readonly family: Family = 'ip') {}

  able: Layer4Ability = { state: 'able' };
  forwards = true;
  used: UsedPath[] = [];
  readonly ended: ConnectionEnding[] = [];
  /** What was asked of it, in order: `apply`, `observe` and so on. */
  readonly asked: string[] = [];
  table: Table | undefined;

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
    const sets = servers.map((server) => [server, this.table?.sets.get(clientsName(server))?.clients] as const);
    return Promise.resolve(new Map(sets.flatMap(([server, clients]) => (clients ? [[server, [...clients]]] : []))));
  }

  async apply(transaction: readonly NftCommand[]): Promise<void> {
    this.asked.push('apply');
    let table = this.table === undefined ? undefined : copyOf(this.table);
    for (const command of transaction) table = after(table, command);
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
  remember(server: number, address: string): void {
    this.table?.sets.get(clientsName(server))?.clients.push({ address, timeoutSeconds: 300, expiresSeconds: 200 });
  }
}

const after = (table: Table | undefined, command: NftCommand): Table | undefined => {
  const [verb, object] = Object.entries(command)[0] as [keyof NftCommand, Record<string, Fields>];
  const [kind, fields] = Object.entries(object)[0] as [string, Fields];
  if (kind === 'table') return verb === 'delete' ? gone(table) : (table ?? emptyTable());
  const present = table ?? refuse('no table');
  if (verb === 'flush') chainIn(present, fields.name).rules = [];
  else if (verb === 'delete') remove(present, kind, fields.name);
  else add(present, kind, fields);
  return present;
};

/** Deep enough: what is shared is never changed. */
const copyOf = ({ sets, counters, chains }: Table): Table => ({
  sets: new Map([...sets].map(([name, set]) => [name, { ...set, clients: [...set.clients] }])),
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
  } else if (kind === 'element') {
    const set = table.sets.get(name) ?? refuse(`no set ${name}`);
    const elements = fields['elem'] as { elem: { val: string; timeout: number; expires: number } }[];
    set.clients.push(
      ...elements.map(({ elem }) => ({
        address: elem.val,
        timeoutSeconds: elem.timeout,
        expiresSeconds: elem.expires,
      })),
    );
  } else refuse(`cannot add ${kind}`);
};

const newSet = ({ sets }: Table, { name, type, size, flags }: Fields): TwinSet =>
  sets.has(name)
    ? refuse(`set ${name} exists`)
    : { type, size: (size ?? 65_535) as number, flags: flags as string[], clients: [] };

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
