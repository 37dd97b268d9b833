import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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
const [vip, gateway] = ['192.168.85.150', '192.168.85.1'];
const withinMs = 30_000;

const program = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const hooks = ['--import', program('../../../tools/ts-hooks.mjs')];

/** Two nodes, a gateway and somebody who asks all the time who has the address, in a network of their own. */
export class Pair {
  private readonly nodes = new Map<Side, LabProcess>();

  private constructor(
    private readonly lab: Lab,
    private readonly folder: TempFolder,
    private readonly witness: LabProcess,
    private readonly macs: ReadonlyMap<string, Side>,
  ) {}

  static async open(): Promise<Pair> {
    const folder = await makeTempFolder('ha');
    await writeFile(join(folder.path, 'key'), 'k'.repeat(44));
    const hosts = { ...sides, gateway, client: '192.168.85.50' };
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
