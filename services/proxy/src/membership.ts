import type { NodeNews } from '@evenkeel/bus';
import type { NodeMember, NodeName } from '@evenkeel/contracts';
import {
  aliveEveryMs,
  departedOf,
  GatheredPeers,
  type Members,
  noMembers,
  type NodeFacts,
  peersOf,
  withMember,
  withoutMember,
} from '@evenkeel/data-plane';
import type { Clock } from '@evenkeel/kernel';
import type { PeerSetting } from './settings.ts';

/** The list of nodes on the bus; calls wait for the bus. */
export type NodeRegister = {
  put(member: NodeMember): Promise<void>;
  forget(node: NodeName): Promise<void>;
  watch(): AsyncIterable<NodeNews>;
};

export type MembershipParts = {
  readonly node: NodeName;
  readonly maxSockets: number;
  /** Where this node listens for the tables of the others; undefined: it shares with nobody. */
  readonly peer: PeerSetting | undefined;
  /** From disk. */
  readonly lastKnown: readonly NodeMember[];
  readonly register: NodeRegister;
  readonly clock: Clock;
  /** Told when this node goes by other members than before. */
  readonly onChange: () => void;
};

/** A new node waits for so long for the list: to begin without it costs a reload when it comes. */
const waitForListMs = 5_000;

/** With whom this node shares persistence tables. The last known nodes stay while the bus is away, or has lost its list. */
export class Membership {
  private known: Members;
  private readonly gathered: GatheredPeers;
  /** Undefined: what the others are is not known yet. */
  private facts: NodeFacts | undefined;
  private readonly waitUntilMs: number;
  private hasRead = false;
  private saidAliveAtMs = -Infinity;

  constructor(private readonly parts: MembershipParts) {
    this.known = parts.lastKnown.reduce(withMember, noMembers);
    if (parts.peer !== undefined) this.known = withMember(this.known, this.myself(parts.peer));
    this.gathered = new GatheredPeers(this.peers());
    this.waitUntilMs = parts.clock.monotonicMs() + waitForListMs;
    if (parts.peer === undefined || parts.lastKnown.length > 0) this.take();
  }

  /** The same object until it changes; undefined on a new node that has not read the list yet. */
  now(): NodeFacts | undefined {
    return this.facts;
  }

  /** For the disk. The same map until it changes. */
  members(): Members {
    return this.known;
  }

  /** Reads the list until the connection ends. Throws the client's errors; call again then. */
  async follow(): Promise<void> {
    if (this.parts.peer === undefined) return;
    for await (const news of this.parts.register.watch()) {
      if (news.kind === 'member') this.known = withMember(this.known, news.member);
      if (news.kind === 'forgotten') this.known = withoutMember(this.known, news.node);
      if (news.kind === 'caught-up') await this.begin();
    }
  }

  /** To be called about once a second. Throws the client's errors; call again then. */
  async look(): Promise<void> {
    const { peer, clock, onChange } = this.parts;
    if (peer === undefined) return;
    const nowMs = clock.monotonicMs();
    // Whoever forgot this node was wrong: it is there.
    if (!this.known.has(this.parts.node)) {
      this.known = withMember(this.known, this.myself(peer));
      this.saidAliveAtMs = -Infinity;
    }
    if (this.facts === undefined && nowMs >= this.waitUntilMs) this.take();
    else if (this.gathered.look(this.peers(), nowMs)) {
      this.take();
      onChange();
    }
    if (this.hasRead) await this.tell(peer, nowMs);
  }

  private async begin(): Promise<void> {
    const { peer } = this.parts;
    if (peer === undefined) return;
    this.hasRead = true;
    this.known = withMember(this.known, this.myself(peer)); // the list may have an earlier address
    if (this.facts === undefined) {
      this.gathered.begin(this.peers());
      this.take();
      this.parts.onChange();
    }
    await this.tell(peer, this.parts.clock.monotonicMs());
  }

  private async tell(peer: PeerSetting, nowMs: number): Promise<void> {
    if (nowMs - this.saidAliveAtMs < aliveEveryMs) return;
    await this.parts.register.put(this.myself(peer));
    this.saidAliveAtMs = nowMs;
    const departed = departedOf(this.known, this.parts.clock.nowMs());
    for (const node of departed) if (node !== this.parts.node) await this.parts.register.forget(node);
  }

  private take(): void {
    const { node, maxSockets, peer } = this.parts;
    this.facts = { name: node, maxSockets, peers: peer === undefined ? [] : this.gathered.peers };
  }

  private peers() {
    return peersOf(this.known);
  }

  private myself({ address, port }: PeerSetting): NodeMember {
    const aliveAt = new Date(this.parts.clock.nowMs()).toISOString();
    return { node: this.parts.node, address, port, aliveAt };
  }
}
