import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HaStatus, JournalEntry } from '@evenkeel/contracts';
import { findNatsServer } from '@evenkeel/embedded';
import {
  createLab,
  type Lab,
  type LabHost,
  type LabProcess,
  makeTempFolder,
  type TempFolder,
  until,
} from '@evenkeel/testing/lab';
import * as z from 'zod';

const Seen = z.object({ answered: z.array(z.string()), longestGapMs: z.number(), twice: z.number() });
export type Seen = z.infer<typeof Seen>;

export type Side = 'lb-a' | 'lb-b';
const sides = { 'lb-a': '192.168.85.11', 'lb-b': '192.168.85.12' } as const;
const [vip, gateway, bus] = ['192.168.85.150', '192.168.85.1', '192.168.85.2'];
const withinMs = 30_000;

const program = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const hooks = ['--import', program('../../../tools/ts-hooks.mjs')];

const Told = z.object({ statuses: z.array(HaStatus), journal: z.array(JournalEntry) });
/** What the bus has been told: what each node says now, and the journal, oldest first. */
export type Told = z.infer<typeof Told>;

/** Two nodes, a gateway and somebody who asks all the time who has the address, in a network of their own. */
export class Pair {
  private readonly nodes = new Map<Side, LabProcess>();
  private nats: LabProcess | undefined;

  private constructor(
    private readonly lab: Lab,
    private readonly folder: TempFolder,
    private readonly witness: LabProcess,
    private readonly macs: ReadonlyMap<string, Side>,
  ) {}

  static async open(): Promise<Pair> {
    const folder = await makeTempFolder('ha');
    await writeFile(join(folder.path, 'key'), 'k'.repeat(44));
    const hosts = { ...sides, gateway, bus, client: '192.168.85.50' };
    const lab = await createLab({
      hosts: Object.entries(hosts).map(([name, address]) => ({
        name,
        links: [{ switch: 'sw', address: `${address}/24` }],
      })),
    });
    const macOf = async (side: Side): Promise<[string, Side]> => {
      const { stdout } = await lab.host(side).run('cat', ['/sys/class/net/eth0/address']);
      return [stdout.trim(), side];
    };
    const macs = new Map([await macOf('lb-a'), await macOf('lb-b')]);
    const witness = lab.host('client').spawn(process.execPath, [...hooks, program('./witness-main.ts'), 'eth0', vip]);
    await until('the witness is ready', () => Promise.resolve(witness.lastWords.includes('ready')), {
      withinMs,
      process: witness,
    });
    return new Pair(lab, folder, witness, macs);
  }

  async dispose(): Promise<void> {
    await this.lab.dispose();
    await this.folder.remove();
  }

  host(name: Side | 'gateway'): LabHost {
    return this.lab.host(name);
  }

  /** Nodes that are started after that connect to it. What it has stored stays when it is started again. */
  async startBus(): Promise<void> {
    const server = (await findNatsServer()) ?? 'nats-server';
    const nats = this.lab.host('bus').spawn(server, ['-js', '-sd', join(this.folder.path, 'bus'), '-a', bus]);
    const isReady = (): Promise<boolean> => Promise.resolve(nats.lastWords.includes('Server is ready'));
    await until('the bus is ready', isReady, { withinMs, process: nats });
    this.nats = nats;
  }

  /** As a power failure would. */
  async killBus(): Promise<void> {
    this.nats?.kill('SIGKILL');
    await this.nats?.exited;
  }

  async told(): Promise<Told> {
    const reader = [...hooks, program('./bus-reader-main.ts'), `${bus}:4222`];
    const { stdout } = await this.lab.host('bus').run(process.execPath, reader);
    return Told.parse(JSON.parse(stdout));
  }

  /** As its unit would start it. */
  start(side: Side, peers: 'with the other' | 'alone' = 'with the other'): void {
    const other: Side = side === 'lb-a' ? 'lb-b' : 'lb-a';
    const rank = { 'lb-a': 1, 'lb-b': 2 };
    const node = this.lab.host(side).spawn(process.execPath, [...hooks, program('../src/main.ts')], {
      EVENKEEL_NODE: side,
      EVENKEEL_HA_RANK: String(rank[side]),
      EVENKEEL_HA_ADDRESSES: vip,
      EVENKEEL_HA_CARD: 'eth0',
      ...(peers === 'alone' ? {} : { EVENKEEL_HA_PEERS: `${other}=${sides[other]}/${rank[other]}` }),
      EVENKEEL_HA_PING_NODES: gateway,
      ...(this.nats === undefined ? {} : { NATS_URL: `${bus}:4222` }),
      EVENKEEL_HA_FOLDER: join(this.folder.path, side),
      EVENKEEL_HA_KEY_FILES: join(this.folder.path, 'key'),
    });
    this.nodes.set(side, node);
  }

  node(side: Side): LabProcess {
    const node = this.nodes.get(side);
    if (node === undefined) throw new Error(`${side} was not started`);
    return node;
  }

  /** The process that takes part in the election; its supervisor is another one. */
  async agent(side: Side): Promise<number> {
    const { pid } = this.node(side);
    const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim();
    return z.coerce.number().int().min(2).parse(children);
  }

  /** What the client has seen since the last time; machines by their names. */
  async seen(): Promise<Seen & { readonly answered: readonly Side[] }> {
    const before = this.witness.lastWords.length;
    this.witness.kill('SIGUSR2');
    await until('the witness has said it', () => Promise.resolve(this.witness.lastWords.length > before), { withinMs });
    const { answered, ...rest } = Seen.parse(JSON.parse(this.witness.lastWords.split('\n').at(-1) ?? ''));
    return { ...rest, answered: answered.flatMap((mac) => this.macs.get(mac) ?? []) };
  }

  /** Resolves with what was seen until `side` answered. */
  async answers(side: Side): Promise<Seen> {
    const all: Seen = { answered: [], longestGapMs: 0, twice: 0 };
    const isIt = async (): Promise<boolean> => {
      const { answered, longestGapMs, twice } = await this.seen();
      all.answered.push(...answered);
      all.longestGapMs = Math.max(all.longestGapMs, longestGapMs);
      all.twice += twice;
      return answered.at(-1) === side;
    };
    await until(`${side} answers`, isIt, { withinMs });
    return all;
  }
}
