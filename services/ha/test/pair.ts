import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { HaAnswer, type HaQuestion, HaStatus, type HaWish, JournalEntry } from '@evenkeel/contracts';
import { profiles } from '@evenkeel/election';
import { findNatsServer } from '@evenkeel/embedded';
import { type LabHost, type LabProcess, makeTempFolder, type TempFolder, until } from '@evenkeel/testing/lab';
import * as z from 'zod';
import { hooks, otherOf, places, type Seen, type Side, TestSegment } from './test-segment.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const rank = { 'lb-a': 1, 'lb-b': 2 } as const;

const withinMs = 30_000;
const busAsker = fileURLToPath(new URL('./bus-asker-main.ts', import.meta.url));
/** The port of the heartbeats, as /proc/net/udp writes it. */
const heartbeatPort = ':1A26 ';
/** Beyond T_init: a node looks for some time whether the gateway answers before it counts on it. */
const marginMs = 1_000;
const busReader = fileURLToPath(new URL('./bus-reader-main.ts', import.meta.url));

const Told = z.object({ statuses: z.array(HaStatus), journal: z.array(JournalEntry) });
/** What the bus has been told: what each node says now, and the journal, oldest first. */
export type Told = z.infer<typeof Told>;

/** Two nodes that hold one address, in a segment of their own. */
export class Pair {
  private readonly nodes = new Map<Side, LabProcess>();
  /** Agents that were put out of action: their supervisors put others in their place. */
  private readonly spent = new Set<number>();
  private nats: LabProcess | undefined;

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

  host(name: Side | 'gateway' | 'bus'): LabHost {
    return this.segment.host(name);
  }

  /** Nodes that are started after that connect to it. What it has stored stays when it is started again. */
  async startBus(): Promise<void> {
    const server = (await findNatsServer()) ?? 'nats-server';
    const nats = this.host('bus').spawn(server, ['-js', '-sd', join(this.folder.path, 'bus'), '-a', places.bus]);
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
    const reader = [...hooks, busReader, `${places.bus}:4222`];
    const { stdout } = await this.host('bus').run(process.execPath, reader);
    return Told.parse(JSON.parse(stdout));
  }

  async ask(side: Side, wish: HaWish, dryRun = false): Promise<HaAnswer> {
    const actor = { name: 'anna', kind: 'token', authenticatedBy: 'spec' } as const;
    const question: HaQuestion = { group: 'addresses', wish, dryRun, actor, reason: 'spec' };
    const asker = [...hooks, busAsker, `${places.bus}:4222`, side, JSON.stringify(question)];
    const { stdout } = await this.host('bus').run(process.execPath, asker);
    return HaAnswer.parse(JSON.parse(stdout));
  }

  /** As its unit would start it. `through`: a command that starts the one after it, such as setpriv. */
  start(side: Side, peers: 'with the other' | 'alone' = 'with the other', through: readonly string[] = []): void {
    const other = otherOf(side);
    const [command = process.execPath, ...args] = [...through, process.execPath, ...hooks, main];
    const node = this.host(side).spawn(command, args, {
      EVENKEEL_NODE: side,
      EVENKEEL_HA_RANK: String(rank[side]),
      EVENKEEL_HA_ADDRESSES: places.vip,
      EVENKEEL_HA_CARD: 'eth0',
      EVENKEEL_HA_PROFILE: this.profile,
      ...(peers === 'alone' ? {} : { EVENKEEL_HA_PEERS: `${other}=${places[other]}/${rank[other]}` }),
      EVENKEEL_HA_PING_NODES: places.gateway,
      ...(this.nats === undefined ? {} : { NATS_URL: `${places.bus}:4222` }),
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

  async signalAgent(side: Side, signal: 'SIGKILL' | 'SIGSTOP'): Promise<void> {
    const agent = await this.agent(side);
    this.spent.add(agent);
    process.kill(agent, signal);
  }

  /** Resolves when a node that was started, or whose agent was put out of action, takes part and has listened for long enough. */
  async isReady(side: Side): Promise<void> {
    const listens = async (): Promise<boolean> => {
      const agent = await this.agent(side).catch(() => undefined);
      if (agent === undefined || this.spent.has(agent)) return false;
      const sockets = await readFile(`/proc/${agent}/net/udp`, 'utf8').catch(() => '');
      return sockets.includes(heartbeatPort);
    };
    await until(`the agent of ${side} listens`, listens, { withinMs, process: this.node(side) });
    await rest(profiles[this.profile].initMs + marginMs);
  }

  seen(): ReturnType<TestSegment['seen']> {
    return this.segment.seen();
  }

  answers(side: Side): Promise<Seen> {
    return this.segment.answers(side);
  }
}
