import { type ChildProcess, fork } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as rest } from 'node:timers/promises';
import { profiles } from '@evenkeel/election';
import type { DeadMan } from '@evenkeel/nftables';
import { type HaSettings, isAlone } from './settings.ts';
import { AgentSays, type SupervisorSays } from './agent-says.ts';
import type { Testament } from './testament.ts';

/** An agent that starts may take so long until its first heartbeat. */
const startMsMost = 30_000;
/** An agent that ended is started again after so long: what ended it may still be there. */
const restartMs = 1_000;
/** When its last words are said: a single one may be lost. */
const saidAfterMs = [0, 5, 20] as const;

export type SupervisorParts = {
  readonly agentProgram: string;
  readonly onSaid: (says: AgentSays) => void;
  /** Said for an agent that has ended, to be brought there by other ways than UDP. */
  readonly onLastWords: (words: Testament['words']) => void;
  readonly onEnded: (why: string) => void;
};

/**
 * Keeps an agent running, in a process of its own, and speaks for it when it has ended or hangs: mutes the kernel, and says the
 * last words that the agent has left, so that the other node need not wait for its silence. Without another node the kernel goes
 * on as it is.
 */
export class Supervisor {
  private testament: Testament = { words: [] };
  /** Bound from the start: to open one takes longer than to mute the kernel and to be heard. */
  private readonly socket = createSocket('udp4').unref();
  private agent: ChildProcess | undefined;
  private isStopping = false;
  private hasBegun = false;
  private heardAt = performance.now();
  private patienceMs = startMsMost;

  constructor(
    private readonly settings: Pick<HaSettings, 'profile' | 'port' | 'peers'>,
    private readonly deadMan: Pick<DeadMan, 'mute'>,
    private readonly parts: SupervisorParts,
  ) {
    this.socket.on('error', () => undefined);
    this.socket.bind();
  }

  /**
   * Best effort: one that ends or hangs takes nothing. One that has not begun yet is asked nothing: it would do what it was asked
   * when it has begun, long after its asker was told that nobody answered.
   */
  tell(says: SupervisorSays): void {
    if (says.kind === 'asked' && !this.hasBegun) return;
    if (this.agent?.connected === true) this.agent.send(says, () => undefined);
  }

  /** Resolves when it was stopped. */
  async run(): Promise<void> {
    while (!this.isStopping) {
      const why = await this.oneLife();
      if (this.isStopping || !isAlone(this.settings)) this.deadMan.mute();
      if (this.isStopping) return;
      await this.sayLastWords();
      this.parts.onEnded(why);
      await rest(restartMs);
    }
  }

  /** The agent hands over nothing: whoever stops a node says the last words for it as well. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.agent?.kill('SIGKILL');
    this.deadMan.mute();
    await this.sayLastWords();
  }

  /** From the start of an agent to its end, whatever ends it. */
  private async oneLife(): Promise<string> {
    const { heartbeatMs } = profiles[this.settings.profile];
    this.testament = { words: [] };
    [this.heardAt, this.patienceMs] = [performance.now(), startMsMost];
    // The port for operations is this process's.
    const agent = fork(this.parts.agentProgram, { env: { ...process.env, EVENKEEL_OPERATIONS_PORT: undefined } });
    this.agent = agent;
    let why = 'it ended';
    let isOver = false;
    agent.on('message', (message) => {
      if (isOver) return; // its end is known before its channel is read empty, and was told already
      const says = AgentSays.safeParse(message).data;
      if (says === undefined) return; // whatever it is, it is no reason to end here
      this.parts.onSaid(says);
      if (says.kind !== 'testament') return;
      this.hasBegun = true;
      this.testament = says.testament;
      [this.heardAt, this.patienceMs] = [performance.now(), 3 * heartbeatMs];
    });
    let lookedAt = performance.now();
    const watching = setInterval(() => {
      const now = performance.now();
      // Whoever was late itself has not read yet what the agent said meanwhile.
      const wasLate = now - lookedAt > heartbeatMs;
      lookedAt = now;
      if (wasLate || now - this.heardAt < this.patienceMs) return;
      why = `it said nothing for ${Math.round(now - this.heardAt)} ms`;
      agent.kill('SIGKILL');
    }, heartbeatMs / 5);
    await once(agent, 'exit');
    isOver = true;
    this.hasBegun = false;
    clearInterval(watching);
    return why;
  }

  private async sayLastWords(): Promise<void> {
    const { words } = this.testament;
    this.testament = { words: [] };
    if (words.length === 0) return;
    this.parts.onLastWords(words);
    for (const [index, afterMs] of saidAfterMs.entries()) {
      await rest(afterMs - (saidAfterMs[index - 1] ?? 0));
      for (const { address, datagram } of words) {
        this.socket.send(Buffer.from(datagram, 'base64'), this.settings.port, address, () => undefined);
      }
    }
  }
}
