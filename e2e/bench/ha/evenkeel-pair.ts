import { readFile } from 'node:fs/promises';
import { setTimeout as rest } from 'node:timers/promises';
import { profiles } from '@evenkeel/election';
import { otherOf, Pair, type Side, type TestSegment } from '@evenkeel/ha/test';
import { until } from '@evenkeel/testing/lab';
import { type Contender, type Fault, losePower, powerUp } from './contender.ts';
import { Traffic } from './traffic.ts';

const withinMs = 30_000;
/** The port of the heartbeats, as /proc/net/udp writes it. */
const heartbeatPort = ':1A26 ';
/** A node that is back looks so long whether the gateway answers before it counts on it, and more. */
const marginMs = 1_000;

/** Two nodes with our agents; whoever serves is put out of action next. */
export class EvenkeelPair implements Contender {
  /** The agents that were there before something happened. */
  private readonly earlier = new Set<number>();

  private constructor(
    private readonly pair: Pair,
    readonly traffic: Traffic,
    private readonly profile: keyof typeof profiles,
    /** Who serves now. */
    public serving: Side,
  ) {}

  static async start(profile: keyof typeof profiles): Promise<EvenkeelPair> {
    const pair = await Pair.open(profile);
    try {
      const contender = new EvenkeelPair(pair, await Traffic.start(pair.segment), profile, 'lb-a');
      pair.start('lb-a');
      await pair.answers('lb-a');
      pair.start('lb-b');
      await contender.canTakeOver('lb-b');
      return contender;
    } catch (failure) {
      await pair.dispose();
      throw failure;
    }
  }

  get segment(): TestSegment {
    return this.pair.segment;
  }

  /** Whether both agents got the scheduling that `fast` needs. */
  get isRealtime(): boolean {
    return (['lb-a', 'lb-b'] as const).every((side) => this.pair.node(side).lastWords.includes('realtime'));
  }

  async inflict(fault: Fault): Promise<void> {
    const side = this.serving;
    this.serving = otherOf(side);
    switch (fault) {
      case 'link cut':
        return this.segment.host(side).isolate();
      case 'power loss':
        return losePower(this, side);
      case 'agent killed':
        return this.signalAgent(side, 'SIGKILL');
      case 'agent frozen':
        return this.signalAgent(side, 'SIGSTOP');
      case 'planned handover': // as systemd asks for it
        return void process.kill(this.pair.node(side).pid, 'SIGTERM');
    }
  }

  async recover(fault: Fault): Promise<void> {
    const side = otherOf(this.serving);
    switch (fault) {
      case 'link cut':
        await this.segment.host(side).rejoin();
        return rest(2 * marginMs);
      case 'power loss':
        await powerUp(this, side);
        this.pair.start(side);
        return this.canTakeOver(side);
      case 'agent killed':
      case 'agent frozen': // its supervisor starts another one
        return this.canTakeOver(side);
      case 'planned handover':
        await this.pair.node(side).exited;
        this.pair.start(side);
        return this.canTakeOver(side);
    }
  }

  dispose(): Promise<void> {
    return this.pair.dispose();
  }

  private async signalAgent(side: Side, signal: 'SIGKILL' | 'SIGSTOP'): Promise<void> {
    const agent = await this.pair.agent(side);
    this.earlier.add(agent);
    process.kill(agent, signal);
  }

  /** An agent that has just started listens first. */
  private async canTakeOver(side: Side): Promise<void> {
    const isListening = async (): Promise<boolean> => {
      const agent = await this.pair.agent(side).catch(() => undefined);
      if (agent === undefined || this.earlier.has(agent)) return false;
      const sockets = await readFile(`/proc/${agent}/net/udp`, 'utf8').catch(() => '');
      return sockets.includes(heartbeatPort);
    };
    await until(`the agent of ${side} listens`, isListening, { withinMs, process: this.pair.node(side) });
    await rest(profiles[this.profile].initMs + marginMs);
  }
}
