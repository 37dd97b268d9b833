import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LabHost, type LabProcess, makeTempFolder, type TempFolder } from '@evenkeel/testing/lab';
import * as z from 'zod';
import { hooks, otherOf, places, type Seen, type Side, TestSegment } from './test-segment.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const rank = { 'lb-a': 1, 'lb-b': 2 } as const;

/** Two nodes that hold one address, in a segment of their own. */
export class Pair {
  private readonly nodes = new Map<Side, LabProcess>();

  private constructor(
    readonly segment: TestSegment,
    private readonly folder: TempFolder,
    private readonly profile: 'safe' | 'fast',
  ) {}

  static async open(profile: 'safe' | 'fast' = 'safe'): Promise<Pair> {
    const folder = await makeTempFolder('ha');
    await writeFile(join(folder.path, 'key'), 'k'.repeat(44));
    return new Pair(await TestSegment.open(), folder, profile);
  }

  async dispose(): Promise<void> {
    await this.segment.dispose();
    await this.folder.remove();
  }

  host(name: Side | 'gateway'): LabHost {
    return this.segment.host(name);
  }

  /** As its unit would start it. */
  start(side: Side, peers: 'with the other' | 'alone' = 'with the other'): void {
    const other = otherOf(side);
    const node = this.host(side).spawn(process.execPath, [...hooks, main], {
      EVENKEEL_NODE: side,
      EVENKEEL_HA_RANK: String(rank[side]),
      EVENKEEL_HA_ADDRESSES: places.vip,
      EVENKEEL_HA_CARD: 'eth0',
      EVENKEEL_HA_PROFILE: this.profile,
      ...(peers === 'alone' ? {} : { EVENKEEL_HA_PEERS: `${other}=${places[other]}/${rank[other]}` }),
      EVENKEEL_HA_PING_NODES: places.gateway,
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

  seen(): ReturnType<TestSegment['seen']> {
    return this.segment.seen();
  }

  answers(side: Side): Promise<Seen> {
    return this.segment.answers(side);
  }
}
