import { NodeName } from '@evenkeel/contracts';
import {
  ElectionAgent,
  type ElectionEvent,
  type ElectionState,
  type Heartbeat,
  type News,
  profiles,
  type Settings,
} from '../src/index.ts';

export const [self, peer, third] = ['lb-a', 'lb-b', 'lb-c'].map((name) => NodeName.parse(name)) as [
  NodeName,
  NodeName,
  NodeName,
];
export const times = profiles.safe;
const gateway = '192.0.2.1';

export const settings = (others: readonly NodeName[], more: Partial<Settings> = {}): Settings => ({
  node: self,
  boot: 1,
  rank: 1,
  others: others.map((node, index) => ({ node, rank: index + 2 })),
  pingNodes: [gateway],
  times,
  failbackAfterMs: undefined,
  ...more,
});

/** What of its surroundings answers. All of it until told otherwise. */
export type Surroundings = {
  hasGateway: boolean;
  hasNats: boolean;
  /** Another machine answers for the addresses. */
  isServedElsewhere: boolean;
  /** What the others say in each heartbeat; undefined: they are not heard. */
  says: ((to: Heartbeat, from: NodeName) => Partial<Heartbeat>) | undefined;
};

/** The real agent, whose kernel and network answer at once and as they are told. */
export class Agent {
  readonly around: Surroundings = { hasGateway: true, hasNats: true, isServedElsewhere: false, says: undefined };
  readonly extensions: number[] = [];
  now = 0;
  private readonly agent: ElectionAgent;
  private readonly told: News[] = [];
  private readonly unanswered = new Map<NodeName, Heartbeat>();
  private sequence = 0;
  private kernelUntil = 0;
  private pings: number[] = [];

  /** `isServing`: an earlier agent has left the kernel so. */
  constructor(
    more: {
      readonly others?: readonly NodeName[];
      readonly settings?: Partial<Settings>;
      readonly isServing?: boolean;
    } = {},
  ) {
    if (more.isServing === true) this.servesFor(Number.POSITIVE_INFINITY);
    this.agent = new ElectionAgent(
      settings(more.others ?? [peer], more.settings),
      0,
      {
        arm: () => undefined,
        activate: (forMs) => this.servesFor(forMs ?? Number.POSITIVE_INFINITY),
        extend: (forMs) => {
          this.extensions.push(forMs);
          return this.isServing && this.servesFor(forMs);
        },
        mute: () => (this.kernelUntil = 0),
      },
      {
        send: (to, heartbeat) => void this.unanswered.set(to, heartbeat),
        ping: (sentAt) => this.answerPing(sentAt),
        probe: () => {
          if (this.around.isServedElsewhere) this.give({ kind: 'probe-answered', by: '02:00:00:00:00:09' });
          return true;
        },
        claim: (attempt, lease) => {
          if (!this.around.hasNats) return;
          this.give({ kind: 'lease-seen', lease: { ...lease, revision: lease.revision + 1 } });
          this.give({ kind: 'lease-answered', attempt, isTaken: true });
        },
        store: () => undefined,
        announce: () => undefined,
        tell: (news) => void this.told.push(news),
        onFailure: (failure) => {
          throw failure;
        },
      },
      () => this.now,
      more.isServing,
    );
  }

  get state(): ElectionState {
    return this.agent.state;
  }

  get role(): string {
    return this.state.role.kind;
  }

  /** Its kernel answers for the addresses. */
  get isServing(): boolean {
    return this.now < this.kernelUntil;
  }

  give(event: ElectionEvent): void {
    this.agent.give(event);
  }

  /** Time passes, tick by tick. */
  pass(ms: number): this {
    for (const end = this.now + ms; this.now < end;) {
      this.now += times.tickMs;
      if (this.around.hasNats && this.now % 100 === 0) this.give({ kind: 'nats-answered' });
      this.hearAnswers();
      this.give({ kind: 'tick' });
    }
    return this;
  }

  news(): string[] {
    return this.told.map((news) => `${news.kind} ${'why' in news ? news.why : ''}`.trim());
  }

  /** As by ARP: an answer is taken for one to the oldest question that may still be answered. */
  private answerPing(sentAt: number): void {
    this.pings = [...this.pings.filter((at) => sentAt - at < times.answerMs), sentAt];
    const oldest = this.around.hasGateway ? this.pings.shift() : undefined;
    if (oldest !== undefined) this.give({ kind: 'ping-answered', target: gateway, sentAt: oldest });
  }

  private servesFor(forMs: number): true {
    this.kernelUntil = this.now + forMs;
    return true;
  }

  /** At the next tick: one answer to the newest heartbeat. */
  private hearAnswers(): void {
    const heard = [...this.unanswered];
    this.unanswered.clear();
    for (const [from, heartbeat] of heard) this.hearAnswer(from, heartbeat);
  }

  private hearAnswer(from: NodeName, heard: Heartbeat): void {
    const said = this.around.says?.(heard, from);
    if (said === undefined) return;
    this.sequence += 1;
    const heartbeat: Heartbeat = {
      node: from,
      boot: 1,
      sequence: this.sequence,
      role: 'standby',
      epoch: 0,
      rank: 2,
      hasGateway: true,
      canServe: true,
      selfMs: times.selfMs,
      echo: { boot: heard.boot, sequence: heard.sequence },
      grants: false,
      calls: 'no',
      isLast: false,
      ...said,
    };
    this.give({ kind: 'heard', heartbeat });
  }
}
