import type { NodeName } from '@evenkeel/contracts';
import {
  type Action,
  beginning,
  type ElectionEvent,
  type ElectionState,
  type Settings,
  step,
  lastWordTo,
} from '../../src/index.ts';
import { SimKernel } from './kernel.ts';
import type { Mutation } from './mutation.ts';
import type { World } from './world.ts';

/** An agent on its machine: the real `step`, a clock of its own, a kernel that goes on without it, pauses at any point. */
export class SimNode {
  readonly kernel: SimKernel;
  state: ElectionState | undefined;
  isCut = false;
  reachesNats = true;
  /** Of what it sends by UDP, so much is lost. */
  loss = 0;
  inMaintenance = false;
  private disk = { boot: 0, epoch: 0 };
  private inbox: ElectionEvent[] = [];
  private todo: Action[] = [];
  private isPaused = false;
  private isPowered = true;
  private isWorking = false;
  private kernelBusyUntil = 0;
  private life = 0;

  constructor(
    private readonly world: World,
    readonly name: NodeName,
    private readonly rate: number,
    private readonly settings: Omit<Settings, 'boot'>,
    mutation: Mutation,
  ) {
    this.kernel = new SimKernel(rate, { hasDeadMan: mutation !== 'no-dead-man', hasTicket: mutation !== 'no-ticket' });
  }

  /** On its own monotonic clock. */
  private get clock(): number {
    return this.world.agenda.now * this.rate;
  }

  get isAlive(): boolean {
    return this.state !== undefined;
  }

  /** As its supervisor starts it: the kernel is muted before anything else. */
  start(): void {
    if (this.isAlive || !this.isPowered) return;
    this.kernel.mute();
    this.disk.boot += 1;
    this.life += 1;
    this.state = beginning({ ...this.settings, boot: this.disk.boot }, this.disk.epoch, this.clock);
    if (this.inMaintenance) this.give({ kind: 'maintenance', isOn: true });
    this.tick(this.life);
  }

  /** A supervisor sees that it has ended: mutes the kernel, says the last word that was made in advance, starts it anew. */
  endedUnder(supervisor: 'watched' | 'alone'): void {
    const { state, life } = this;
    this.kill();
    if (supervisor === 'alone' || state === undefined) return;
    this.world.agenda.after(this.world.random.between(1, 30), () => {
      if (!this.isPowered || life + 1 !== this.life) return;
      this.kernel.mute();
      for (const { node } of this.settings.others) {
        const word = lastWordTo(state, node);
        if (word !== undefined) this.world.send(this, node, word);
      }
    });
  }

  private kill(): void {
    this.state = undefined;
    this.life += 1;
    this.inbox = [];
    this.todo = [];
    this.isPaused = false;
  }

  loseItsPower(): void {
    this.kill();
    this.kernel.mute();
    this.isPowered = false;
  }

  getPower(): void {
    this.isPowered = true;
    this.start();
  }

  /** One that is watched is ended when it has said nothing for three heartbeats. */
  pause(forMs: number, supervisor: 'watched' | 'alone'): void {
    if (!this.isAlive || this.isPaused) return;
    const { life } = this;
    const patienceMs = 3 * this.settings.times.heartbeatMs;
    if (supervisor === 'watched' && forMs > patienceMs) {
      this.world.agenda.after(patienceMs, () => {
        if (life !== this.life) return;
        this.endedUnder('watched');
        this.world.agenda.after(this.world.random.between(50, 500), () => this.start());
      });
    }
    this.isPaused = true;
    this.world.agenda.after(forMs, () => {
      if (life !== this.life) return;
      this.isPaused = false;
      this.work();
    });
  }

  give(event: ElectionEvent): void {
    if (!this.isAlive) return;
    this.inbox.push(event);
    this.work();
  }

  private tick(life: number): void {
    if (life !== this.life) return;
    // A paused program has one timer that is late, not hundreds of them.
    if (!this.inbox.some(({ kind }) => kind === 'tick')) this.give({ kind: 'tick' });
    this.world.agenda.after(this.settings.times.tickMs / this.rate, () => this.tick(life));
  }

  /** Finishes what it had begun, then takes what has come. It may be stopped between any two actions. */
  private work(): void {
    if (this.isWorking) return;
    this.isWorking = true;
    while (this.state !== undefined && !this.isPaused) {
      const action = this.todo.shift();
      if (action !== undefined) {
        this.perform(action);
        continue;
      }
      const event = this.inbox.shift();
      if (event === undefined) break;
      const { state, actions } = step(this.state, event, this.clock);
      this.state = state;
      this.todo = [...actions];
      if (actions.some(({ kind }) => kind !== 'send' && kind !== 'ping')) this.world.mayPause(this);
    }
    this.isWorking = false;
  }

  private perform(action: Action): void {
    switch (action.kind) {
      case 'send':
        return this.world.send(this, action.to, action.heartbeat);
      case 'ping':
        return this.world.ping(this, action.sentAt);
      case 'probe':
        return this.world.probe(this);
      case 'claim':
        return this.world.claim(this, action.attempt, action.lease);
      case 'store':
        this.disk.epoch = Math.max(this.disk.epoch, action.epoch);
        return;
      case 'tell':
        return this.world.tell(this, action.news);
      case 'announce':
        return;
      default:
        return this.tellKernel(action);
    }
  }

  /** In order, each after a moment; the answer comes a moment later, if anybody is there to read it. */
  private tellKernel(action: Extract<Action, { kind: 'arm' | 'activate' | 'extend' | 'mute' }>): void {
    const { agenda } = this.world;
    const { life } = this;
    if (action.kind === 'activate') this.world.lookAtDecision(this);
    this.kernelBusyUntil = Math.max(this.kernelBusyUntil, agenda.now) + this.world.random.between(0.2, 3);
    agenda.at(this.kernelBusyUntil, () => {
      if (!this.isPowered) return;
      const isStale = life !== this.life; // the transaction was under way when the agent ended
      if (isStale && action.kind !== 'mute' && action.kind !== 'extend') return;
      const answer = this.apply(action);
      this.world.look();
      agenda.after(this.world.random.between(0.1, 2), () => {
        if (life === this.life) this.give(answer);
      });
    });
  }

  private apply(action: Extract<Action, { kind: 'arm' | 'activate' | 'extend' | 'mute' }>): ElectionEvent {
    const { now } = this.world.agenda;
    switch (action.kind) {
      case 'arm':
        return { kind: 'armed', attempt: action.attempt, isDone: this.kernel.arm(action.forMs, now) };
      case 'activate':
        return { kind: 'activated', attempt: action.attempt, isDone: this.kernel.activate(action.forMs, now) };
      case 'extend':
        return { kind: 'extended', isDone: this.kernel.extend(action.forMs, now) };
      case 'mute':
        this.kernel.mute();
        return { kind: 'muted' };
    }
  }
}
