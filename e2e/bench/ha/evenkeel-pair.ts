import { setTimeout as rest } from 'node:timers/promises';
import { otherOf, Pair, type Side, type TestSegment } from '@evenkeel/ha/test';
import { type Contender, type Fault, losePower, powerUp } from './contender.ts';
import { Traffic } from './traffic.ts';

/** After its cable was mended, a node mutes itself, hears the other one, and sees for some time that the gateway answers. */
const mendedMs = 2_000;

/** Two nodes with our agents; whoever serves is put out of action next. */
export class EvenkeelPair implements Contender {
  private constructor(
    private readonly pair: Pair,
    readonly traffic: Traffic,
    /** Who serves now. */
    public serving: Side,
  ) {}

  static async start(profile: 'safe' | 'fast'): Promise<EvenkeelPair> {
    const pair = await Pair.open(profile);
    try {
      const traffic = await Traffic.start(pair.segment);
      pair.start('lb-a');
      await pair.answers('lb-a');
      pair.start('lb-b');
      await pair.isReady('lb-b');
      return new EvenkeelPair(pair, traffic, 'lb-a');
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
        return this.pair.signalAgent(side, 'SIGKILL');
      case 'agent frozen':
        return this.pair.signalAgent(side, 'SIGSTOP');
      case 'planned handover': // as systemd asks for it
        return void process.kill(this.pair.node(side).pid, 'SIGTERM');
    }
  }

  async recover(fault: Fault): Promise<void> {
    const side = otherOf(this.serving);
    switch (fault) {
      case 'link cut':
        await this.segment.host(side).rejoin();
        return rest(mendedMs);
      case 'power loss':
        await powerUp(this, side);
        this.pair.start(side);
        return this.pair.isReady(side);
      case 'agent killed':
      case 'agent frozen': // its supervisor starts another one
        return this.pair.isReady(side);
      case 'planned handover':
        await this.pair.node(side).exited;
        this.pair.start(side);
        return this.pair.isReady(side);
    }
  }

  dispose(): Promise<void> {
    return this.pair.dispose();
  }
}
