import type { NodeName } from '@evenkeel/contracts';
import type { Action } from './action.ts';
import type { ElectionEvent } from './event.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { Lease } from './lease.ts';
import type { News } from './news.ts';
import { beginning, type ElectionState, type Settings } from './state.ts';
import { step } from './step.ts';

/** This node's kernel. Each is done when it returns; false: a time was up. Any may throw when the kernel cannot be told. */
export type Kernel = {
  arm(forMs: number): void;
  activate(forMs: number | undefined): boolean;
  extend(forMs: number): boolean;
  mute(): void;
};

export type Surroundings = {
  send(to: NodeName, heartbeat: Heartbeat): void;
  /** Every ping node; answers come as events, with `sentAt`. */
  ping(sentAt: number): void;
  /** False when the question could not be sent. */
  probe(): boolean;
  /** Compares and sets; the answer comes as events. */
  claim(attempt: number, lease: Lease): void;
  /** On disk when it returns. */
  store(epoch: number): void;
  announce(): void;
  tell(news: News): void;
  onFailure(failure: unknown): void;
};

/** Runs `step` on what happens, and does what it says. Whoever owns it gives it a `tick` every `tickMs`. */
export class ElectionAgent {
  private current: ElectionState;
  private readonly inbox: ElectionEvent[] = [];
  private isWorking = false;

  /**
   * The kernel must be mute, unless this node is alone and an earlier agent has left it serving (`isServing`). `now`: a monotonic
   * clock in milliseconds. `epoch`: the newest on disk.
   */
  constructor(
    settings: Settings,
    epoch: number,
    private readonly kernel: Kernel,
    private readonly around: Surroundings,
    private readonly now: () => number,
    isServing = false,
  ) {
    this.current = beginning(settings, epoch, now(), isServing);
  }

  get state(): ElectionState {
    return this.current;
  }

  /** What follows from an action of its own comes before what came meanwhile. */
  give(event: ElectionEvent): void {
    this.inbox.push(event);
    if (this.isWorking) return;
    this.isWorking = true;
    try {
      for (let next = this.inbox.shift(); next !== undefined; next = this.inbox.shift()) this.take(next);
    } finally {
      this.isWorking = false;
    }
  }

  private take(event: ElectionEvent): void {
    const { state, actions } = step(this.current, event, this.now());
    this.current = state;
    for (const action of actions) {
      const answer = this.perform(action);
      if (answer !== undefined) this.inbox.unshift(answer);
    }
  }

  private perform(action: Action): ElectionEvent | undefined {
    const { around } = this;
    try {
      switch (action.kind) {
        case 'send':
          return void around.send(action.to, action.heartbeat);
        case 'ping':
          return void around.ping(action.sentAt);
        case 'probe':
          return around.probe() ? undefined : { kind: 'probe-failed' };
        case 'claim':
          return void around.claim(action.attempt, action.lease);
        case 'store':
          return void around.store(action.epoch);
        case 'announce':
          return void around.announce();
        case 'tell':
          return void around.tell(action.news);
        default:
          return this.tellKernel(action);
      }
    } catch (failure) {
      around.onFailure(failure);
      return refused(action);
    }
  }

  private tellKernel(action: Extract<Action, { kind: 'arm' | 'activate' | 'extend' | 'mute' }>): ElectionEvent {
    switch (action.kind) {
      case 'arm':
        this.kernel.arm(action.forMs);
        return { kind: 'armed', attempt: action.attempt, isDone: true };
      case 'activate':
        return { kind: 'activated', attempt: action.attempt, isDone: this.kernel.activate(action.forMs) };
      case 'extend':
        return { kind: 'extended', isDone: this.kernel.extend(action.forMs) };
      case 'mute':
        this.kernel.mute();
        return { kind: 'muted' };
    }
  }
}

/** A kernel that could not be muted is mute when its time is up: that is waited for. */
const refused = (action: Action): ElectionEvent | undefined => {
  switch (action.kind) {
    case 'arm':
      return { kind: 'armed', attempt: action.attempt, isDone: false };
    case 'activate':
      return { kind: 'activated', attempt: action.attempt, isDone: false };
    case 'extend':
      return { kind: 'extended', isDone: false };
    default:
      return undefined;
  }
};
