import { NodeName } from '@evenkeel/contracts';
import type { Heartbeat, Lease, News, Times } from '../../src/index.ts';
import { Agenda } from './agenda.ts';
import type { Fault } from './fault.ts';
import type { Mutation } from './mutation.ts';
import { SimNats } from './nats.ts';
import { SimNode } from './node.ts';
import { Random } from './random.ts';

export type WorldOptions = {
  readonly seed: number;
  readonly nodes: number;
  readonly times: Times;
  readonly mutation: Mutation;
  /** Between two actions of an agent, how often it is paused. */
  readonly pauseChance: number;
  readonly hasNats: boolean;
  /** Agents have a supervisor that speaks for them when they have ended. */
  readonly supervisor: 'watched' | 'alone';
};

const gateway = 'gateway';

/** Some nodes in a segment with a gateway, and NATS beside it. Nothing happens that the seed and the faults do not say. */
export class World {
  readonly agenda = new Agenda();
  readonly random: Random;
  readonly nodes: readonly SimNode[];
  /** What was seen that must never be. */
  readonly broken: string[] = [];
  readonly history: { readonly at: number; readonly node: NodeName; readonly news: News }[] = [];
  private readonly nats = new SimNats();
  private isGatewayUp = true;
  private natsPausedUntil = 0;
  private pausesUntil = 0;

  constructor(private readonly options: WorldOptions) {
    this.random = new Random(options.seed);
    const names = Array.from({ length: options.nodes }, (_, index) => NodeName.parse(`lb-${index + 1}`));
    const members = names.map((node, rank) => ({ node, rank }));
    this.nodes = members.map((self) => {
      const others = members.filter(({ node }) => node !== self.node);
      const settings = { ...self, others, pingNodes: [gateway], times: options.times, failbackAfterMs: undefined };
      return new SimNode(this, self.node, this.random.between(0.95, 1.05), settings, options.mutation);
    });
    for (const node of this.nodes) {
      node.reachesNats = options.hasNats;
      this.agenda.at(this.random.between(0, 500), () => node.start());
      this.askNats(node);
    }
  }

  /** Agents are paused at random until then. */
  run(faults: readonly Fault[], faultsUntil: number, end: number): void {
    this.pausesUntil = faultsUntil;
    for (const fault of faults) this.agenda.at(fault.at, () => this.inflict(fault));
    this.agenda.at(faultsUntil, () => this.heal());
    this.agenda.runUntil(end);
  }

  get serving(): readonly SimNode[] {
    return this.nodes.filter(({ kernel }) => kernel.isServing(this.agenda.now));
  }

  mayPause(node: SimNode): void {
    if (this.agenda.now < this.pausesUntil && this.random.isOne(this.options.pauseChance)) {
      const forMs = this.random.isOne(0.7) ? this.random.between(20, 500) : this.random.between(500, 3_000);
      node.pause(forMs, this.options.supervisor);
    }
  }

  tell(node: SimNode, news: News): void {
    this.history.push({ at: this.agenda.now, node: node.name, news });
  }

  /** Looked at whenever a kernel was told something: in between they can only fall silent. */
  look(): void {
    const { serving } = this;
    if (serving.length > 1) this.breaks(`${serving.map(({ name }) => name).join(' and ')} serve both`);
  }

  lookAtDecision({ name, state }: SimNode): void {
    if (state?.inMaintenance === true && state.called?.force !== true) this.breaks(`${name} took over in maintenance`);
  }

  send(from: SimNode, to: NodeName, heartbeat: Heartbeat): void {
    const target = this.nodes.find(({ name }) => name === to);
    if (target === undefined) return;
    const arrives = (least: number, most: number): void =>
      this.agenda.after(this.random.between(least, most), () => target.give({ kind: 'heard', heartbeat }));
    if (this.areTogether(from, target) && !this.random.isOne(from.loss)) {
      arrives(0.1, this.random.isOne(0.02) ? 300 : 3);
      if (this.random.isOne(0.02)) arrives(0.1, 300); // twice
    }
    if (from.reachesNats && target.reachesNats && !this.random.isOne(from.loss)) arrives(0.3, 6);
  }

  ping(from: SimNode, sentAt: number): void {
    const always = this.options.mutation === 'no-gateway-vote';
    if (!always && (from.isCut || !this.isGatewayUp)) return;
    this.agenda.after(this.random.between(0.1, 3), () => from.give({ kind: 'ping-answered', target: gateway, sentAt }));
  }

  probe(from: SimNode): void {
    if (this.options.mutation === 'no-probe') return;
    for (const other of this.nodes) {
      if (other === from || !this.areTogether(from, other)) continue;
      this.agenda.after(this.random.between(0.1, 1), () => {
        other.give({ kind: 'rival-seen', node: from.name });
        if (!this.areTogether(from, other) || !other.kernel.isServing(this.agenda.now)) return;
        this.agenda.after(this.random.between(0.1, 1), () => from.give({ kind: 'probe-answered', by: other.name }));
      });
    }
  }

  claim(from: SimNode, attempt: number, lease: Lease): void {
    if (!this.natsAnswers(from)) return;
    this.agenda.after(this.random.between(0.2, 4), () => {
      if (!this.natsAnswers(from)) return;
      const isTaken = this.nats.update(lease);
      for (const node of this.nodes) this.showLease(node);
      this.agenda.after(this.random.between(0.2, 4), () => from.give({ kind: 'lease-answered', attempt, isTaken }));
    });
  }

  private showLease(node: SimNode): void {
    if (!node.reachesNats) return;
    const lease = this.random.isOne(0.02) ? this.nats.stale(this.random.whole(1, 5)) : this.nats.lease;
    this.agenda.after(this.random.between(0.1, 3), () => node.give({ kind: 'lease-seen', lease }));
  }

  private askNats(node: SimNode): void {
    if (this.natsAnswers(node)) node.give({ kind: 'nats-answered' });
    this.agenda.after(100, () => this.askNats(node));
  }

  private natsAnswers({ reachesNats }: SimNode): boolean {
    return reachesNats && this.agenda.now >= this.natsPausedUntil;
  }

  private areTogether(one: SimNode, other: SimNode): boolean {
    return !one.isCut && !other.isCut;
  }

  private inflict(fault: Fault): void {
    const node = 'node' in fault ? this.nodes[fault.node] : undefined;
    switch (fault.kind) {
      case 'cut':
        return this.forATime(fault.forMs, (isOn) => node && (node.isCut = isOn));
      case 'nats-cut':
        return this.forATime(fault.forMs, (isOn) => node && (node.reachesNats = !isOn && this.options.hasNats));
      case 'gateway-down':
        return this.forATime(fault.forMs, (isOn) => (this.isGatewayUp = !isOn));
      case 'nats-pause':
        this.natsPausedUntil = this.agenda.now + fault.forMs;
        return;
      case 'nats-forgets':
        return this.nats.forget();
      case 'pause':
        return node?.pause(fault.forMs, this.options.supervisor);
      case 'kill':
        node?.endedUnder(this.options.supervisor);
        return this.agenda.after(fault.forMs, () => node?.start());
      case 'power-loss':
        node?.loseItsPower();
        return this.agenda.after(fault.forMs, () => node?.getPower());
      case 'loss':
        return this.forATime(fault.forMs, (isOn) => this.lose(fault.from, isOn ? fault.share : 0));
      case 'make-active':
        return node?.give({ kind: 'make-active', force: fault.force });
      case 'maintenance':
        return this.forATime(fault.forMs, (isOn) => node && this.maintain(node, isOn));
    }
  }

  private lose(from: number, share: number): void {
    const node = this.nodes[from];
    if (node !== undefined) node.loss = share;
  }

  private maintain(node: SimNode, isOn: boolean): void {
    node.inMaintenance = isOn;
    node.give({ kind: 'maintenance', isOn });
  }

  private forATime(forMs: number, set: (isOn: boolean) => void): void {
    set(true);
    this.agenda.after(forMs, () => set(false));
  }

  /** Everything is well from now on, and stays so. */
  private heal(): void {
    this.isGatewayUp = true;
    this.natsPausedUntil = 0;
    for (const node of this.nodes) {
      node.isCut = false;
      node.reachesNats = this.options.hasNats;
      node.loss = 0;
      this.maintain(node, false);
      node.getPower();
    }
  }

  private breaks(what: string): void {
    this.broken.push(`${Math.round(this.agenda.now)} ms: ${what}`);
  }
}
