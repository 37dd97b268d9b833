import {
  connectBus,
  type ConnectionNews,
  ConnectionWatch,
  endBus,
  HaChannel,
  HeartbeatChannel,
  Journal,
} from '@evenkeel/bus';
import type { HaAnswer, HaQuestion, HaStatus } from '@evenkeel/contracts';
import { datagramBytesMost } from '@evenkeel/election';
import { JournalOutbox } from '@evenkeel/data-plane';
import { type Clock, Loop } from '@evenkeel/kernel';
import { newId } from '@evenkeel/kernel/system';
import { counter } from '@evenkeel/telemetry';
import type { NatsConnection } from '@nats-io/transport-node';
import type { AgentSays, AgentStatus, SupervisorSays } from '../agent-says.ts';
import type { Testament } from '../testament.ts';
import { Turnstile } from '../turnstile.ts';
import { OpenQuestions } from '../asking/open-questions.ts';
import type { HaSettings } from '../settings.ts';
import { askedNews, journalNewsOf, letGoFor } from './journal-news.ts';

/** What belongs into the journal is sent within this time. */
const sendMs = 500;
const patience = { retryMinMs: 50, retryMaxMs: 2_000 };
/** For the last words of a node that stops. */
const lastWordsMs = 1_000;

/** Several times what six other nodes send in the quick profile. */
const heartbeatsMost = { count: 200, withinMs: 100 };

export type LiaisonParts = {
  readonly settings: Pick<HaSettings, 'node' | 'group' | 'cluster' | 'nats'>;
  readonly scheduling: string;
  readonly clock: Clock;
  readonly toAgent: (says: SupervisorSays) => void;
  readonly onFailure: (failure: unknown) => void;
};

type Bus = {
  readonly connection: NatsConnection;
  readonly watch: ConnectionWatch;
  readonly channel: HaChannel;
  readonly heartbeats: HeartbeatChannel;
  readonly journal: Journal;
};

/**
 * Speaks with the bus for a node's agent, in the supervisor's process: nothing that the bus does, or fails to do, is done where
 * heartbeats are. It comes when it can, and nothing waits for it.
 */
export class Liaison {
  private readonly outbox: JournalOutbox;
  private readonly changes = counter('haTransitions');
  private readonly sending: Loop;
  private readonly questions: OpenQuestions;
  private readonly turnstile = new Turnstile(heartbeatsMost.count, heartbeatsMost.withinMs);
  private readonly connecting: Promise<NatsConnection> | undefined;
  private bus: Bus | undefined;
  private last: HaStatus | undefined;

  constructor(private readonly parts: LiaisonParts) {
    const { settings, clock, onFailure } = parts;
    const { node, group, nats } = settings;
    const lost = counter('journalLost');
    lost({ node }, 0); // Prometheus sees a counter grow only when it has seen it before
    for (const to of ['active', 'standby'] as const) this.changes({ node, group, to }, 0);
    this.outbox = new JournalOutbox({ node, run: newId() }, clock, (count) => lost({ node }, count));
    this.questions = new OpenQuestions((id, question) => parts.toAgent({ kind: 'asked', id, question }), clock);
    this.sending = new Loop(() => this.send(), { ...patience, sweepMs: sendMs, onFailure }, clock);
    if (nats === undefined) return;
    this.connecting = connectBus({ ...nats, name: `ha ${node}` });
    this.connecting.then((connection) => this.open(connection)).catch(onFailure);
    void this.sending.run();
  }

  /** What the agent said last; undefined while it has said nothing. */
  status(): HaStatus | undefined {
    return this.last;
  }

  /** Whether the connection stands; `onNews` is told when it is lost and when it is back. */
  watch(onNews: (news: ConnectionNews) => void): { isConnected(): boolean } {
    void this.connecting?.then(
      (connection) => new ConnectionWatch(connection, onNews),
      () => undefined, // said where it was begun
    );
    return { isConnected: () => this.bus?.watch.isConnected() ?? false };
  }

  take(said: AgentSays): void {
    if (said.kind === 'testament') return;
    if (said.kind === 'heartbeat') return this.bus?.heartbeats.send(said.to, Buffer.from(said.datagram, 'base64'));
    if (said.kind === 'answer') return this.questions.answered(said.id, said.answer);
    if (said.kind === 'news') {
      const record = journalNewsOf(said.news, said.status);
      if (record?.kind === 'role-changed') this.countChange(record.to);
      if (record !== undefined) this.note(record);
    }
    this.tell({ ...said.status, scheduling: this.parts.scheduling });
  }

  /** Of an agent that has ended: the bus may reach whom UDP does not. */
  sayLastWords(words: Testament['words']): void {
    for (const { node, datagram } of words) this.bus?.heartbeats.send(node, Buffer.from(datagram, 'base64'));
  }

  /** The agent has ended, and its supervisor has muted the kernel (`isMute`), or left it as it was. */
  agentEnded(why: string, isMute: boolean): void {
    this.questions.giveUp();
    if (isMute) this.letGo('agent-ended', `the agent was ended and is started again (${why})`);
  }

  /** The node stops. Resolves when what waits is sent, or soon. */
  async stop(): Promise<void> {
    this.letGo('stopped', 'this node was stopped', { leaving: true });
    this.sending.stop();
    if (this.connecting === undefined) return;
    const rest = this.parts.clock.rest(lastWordsMs);
    await Promise.race([this.send().catch(() => undefined), rest.over]);
    rest.wake(); // its timer would keep the process
    if (this.bus?.watch.isConnected() === true) await endBus(this.bus.connection);
    else void this.connecting.then((connection) => connection.close()).catch(() => undefined);
  }

  private open(connection: NatsConnection): void {
    const { cluster, node } = this.parts.settings;
    const channel = new HaChannel(connection, cluster);
    const heartbeats = new HeartbeatChannel(connection, cluster);
    this.bus = {
      connection,
      watch: new ConnectionWatch(connection),
      channel,
      heartbeats,
      journal: new Journal(connection, cluster),
    };
    const repeat = (): void => {
      if (this.last !== undefined) channel.publishStatus(this.last);
    };
    heartbeats.onHeartbeat(node, datagramBytesMost, (datagram) => this.bring(datagram));
    channel.onStatusAsked(repeat);
    channel.onAsked(node, (question) => this.ask(question));
    repeat();
    this.sending.wake();
  }

  /** Undefined for another group's process, which answers itself, and when the agent did not. */
  private async ask(question: HaQuestion): Promise<HaAnswer | undefined> {
    const { node, group } = this.parts.settings;
    if (question.group !== group) return undefined;
    const answer = await this.questions.ask(question);
    if (!question.dryRun) this.note(askedNews({ node, group }, question, answer));
    return answer;
  }

  private bring(datagram: Uint8Array): void {
    if (!this.turnstile.mayPass(this.parts.clock.monotonicMs())) return;
    this.parts.toAgent({ kind: 'heartbeat', datagram: Buffer.from(datagram).toString('base64') });
  }

  private letGo(
    cause: 'agent-ended' | 'stopped',
    reason: string,
    more: Partial<Pick<AgentStatus, 'leaving'>> = {},
  ): void {
    const { last } = this;
    if (last === undefined) return;
    if (last.role === 'active') {
      this.countChange('standby');
      this.note(letGoFor(last, cause, reason));
    }
    const time = new Date(this.parts.clock.nowMs()).toISOString();
    const since = last.role === 'active' ? time : last.since;
    this.tell({ ...last, ...more, sequence: last.sequence + 1, time, role: 'standby', since, canServe: false, reason });
  }

  private tell(status: HaStatus): void {
    this.last = status;
    this.bus?.channel.publishStatus(status);
  }

  private note(record: Parameters<JournalOutbox['note']>[0]): void {
    this.outbox.note(record);
    this.sending.wake();
  }

  private countChange(to: HaStatus['role']): void {
    const { node, group } = this.parts.settings;
    this.changes({ node, group, to });
  }

  private async send(): Promise<void> {
    if (this.bus?.watch.isConnected() === true) await this.outbox.sendAll(this.bus.journal);
  }
}
