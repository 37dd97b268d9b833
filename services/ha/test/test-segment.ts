import { fileURLToPath } from 'node:url';
import { createLab, type Lab, type LabHost, type LabProcess, until } from '@evenkeel/testing/lab';
import * as z from 'zod';

const Seen = z.object({ answered: z.array(z.string()), longestGapMs: z.number(), twice: z.number() });
export type Seen = z.infer<typeof Seen>;

export type Side = 'lb-a' | 'lb-b';
export const otherOf = (side: Side): Side => (side === 'lb-a' ? 'lb-b' : 'lb-a');

/** Who is where. `vip`: the address that moves. */
export const places = {
  'lb-a': '192.168.85.11',
  'lb-b': '192.168.85.12',
  vip: '192.168.85.150',
  gateway: '192.168.85.1',
  bus: '192.168.85.2',
  client: '192.168.85.50',
  witness: '192.168.85.60',
} as const;

const withinMs = 30_000;

const program = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** How a program of the house is run from its source: before its path. */
export const hooks = ['--import', program('../../../tools/ts-hooks.mjs')] as const;

/** Two nodes, a gateway, a bus, a client, and a witness who asks all the time who has the address, in a network of their own. */
export class TestSegment {
  /** Questions that two machines answered, of all that were reported so far. */
  twiceInAll = 0;

  private constructor(
    private readonly lab: Lab,
    private readonly witness: LabProcess,
    private readonly macs: ReadonlyMap<string, Side>,
  ) {}

  static async open(): Promise<TestSegment> {
    const { vip, ...hosts } = places;
    const lab = await createLab({
      hosts: Object.entries(hosts).map(([name, address]) => ({
        name,
        links: [{ switch: 'sw', address: `${address}/24` }],
        // Servers listen at the address before it comes to their node, as HAProxy does.
        sysctls: { 'net.ipv4.ip_nonlocal_bind': '1' },
      })),
    });
    const macOf = async (side: Side): Promise<[string, Side]> => {
      const { stdout } = await lab.host(side).run('cat', ['/sys/class/net/eth0/address']);
      return [stdout.trim(), side];
    };
    const macs = new Map([await macOf('lb-a'), await macOf('lb-b')]);
    const witness = lab.host('witness').spawn(process.execPath, [...hooks, program('./witness-main.ts'), 'eth0', vip]);
    await until('the witness is ready', () => Promise.resolve(witness.lastWords.includes('ready')), {
      withinMs,
      process: witness,
    });
    return new TestSegment(lab, witness, macs);
  }

  dispose(): Promise<void> {
    return this.lab.dispose();
  }

  host(name: Side | 'gateway' | 'bus' | 'client'): LabHost {
    return this.lab.host(name);
  }

  /** What the witness has seen since the last time; machines by their names. */
  async seen(): Promise<Seen & { readonly answered: readonly Side[] }> {
    const { answered, ...rest } = Seen.parse(await nextReport(this.witness));
    this.twiceInAll += rest.twice;
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

/** For programs that say a line of JSON at SIGUSR2: that line. */
export const nextReport = async (process: LabProcess): Promise<unknown> => {
  const before = process.lastWords;
  process.kill('SIGUSR2');
  await until('a report is there', () => Promise.resolve(process.lastWords !== before), { withinMs, process });
  return JSON.parse(process.lastWords.split('\n').at(-1) ?? '');
};
