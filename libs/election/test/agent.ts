import { NodeName } from '@evenkeel/contracts';
import {
  type Action,
  beginning,
  type ElectionEvent,
  type ElectionState,
  type Heartbeat,
  profiles,
  type Settings,
  step,
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

/** One agent, whose kernel and network answer at once and as they are told. */
export class Agent {
  state: ElectionState;
  readonly actions: Action[] = [];
  readonly around: Surroundings = { hasGateway: true, hasNats: true, isServedElsewhere: false, says: undefined };
  now = 0;
  private sequence = 0;
  private kernelUntil = 0;
  private readonly unanswered = new Map<NodeName, Heartbeat>();

  constructor(more: { readonly others?: readonly NodeName[]; readonly settings?: Partial<Settings> } = {}) {
    this.state = beginning(settings(more.others ?? [peer], more.settings), 0, 0);
  }

  get role(): string {
    return this.state.role.kind;
  }

  /** Its kernel answers for the addresses. */
  get isServing(): boolean {
    return this.now < this.kernelUntil;
  }

  give(event: ElectionEvent): void {
    const { state, actions } = step(this.state, event, this.now);
    this.state = state;
    this.actions.push(...actions);
    for (const action of actions) this.answer(action);
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
    return this.actions.flatMap((action) =>
      action.kind === 'tell' ? `${action.news.kind} ${'why' in action.news ? action.news.why : ''}`.trim() : [],
    );
  }

  private answer(action: Action): void {
    switch (action.kind) {
      case 'ping':
        if (this.around.hasGateway) this.give({ kind: 'ping-answered', target: gateway, sentAt: action.sentAt });
        return;
      case 'probe':
        if (this.around.isServedElsewhere) this.give({ kind: 'probe-answered', by: '02:00:00:00:00:09' });
        return;
      case 'arm':
        return this.give({ kind: 'armed', attempt: action.attempt, isDone: true });
      case 'activate':
        this.kernelUntil = this.now + (action.forMs ?? Number.POSITIVE_INFINITY);
        return this.give({ kind: 'activated', attempt: action.attempt, isDone: true });
      case 'extend': {
        const isDone = this.isServing;
        if (isDone) this.kernelUntil = this.now + action.forMs;
        return this.give({ kind: 'extended', isDone });
      }
      case 'mute':
        this.kernelUntil = 0;
        return this.give({ kind: 'muted' });
      case 'claim':
        if (!this.around.hasNats) return;
        this.give({ kind: 'lease-seen', lease: { ...action.lease, revision: action.lease.revision + 1 } });
        return this.give({ kind: 'lease-answered', attempt: action.attempt, isTaken: true });
      case 'send':
        this.unanswered.set(action.to, action.heartbeat);
        return;
      default:
        return;
    }
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
