import { NetworkCard, PacketSocket, Segment, type Sighting } from '@evenkeel/addresses';
import {
  accountOf,
  ElectionAgent,
  type ElectionEvent,
  type Heartbeat,
  lastWordTo,
  type News,
  profiles,
} from '@evenkeel/election';
import type { HaAnswer, HaQuestion, NodeName } from '@evenkeel/contracts';
import type { DeadMan } from '@evenkeel/nftables';
import type { AgentStatus } from './agent-says.ts';
import { MaintenanceNote } from './asking/maintenance-note.ts';
import { Wishes } from './asking/wishes.ts';
import { Announcer } from './announcer.ts';
import { EpochsAhead } from './epochs-ahead.ts';
import { HeartbeatSocket } from './heartbeat-socket.ts';
import type { Memory } from './memory.ts';
import { type HaSettings, isAlone } from './settings.ts';
import { SelfReport } from './telling/self-report.ts';
import type { Testament } from './testament.ts';

export type ParticipantParts = {
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  /** The wall clock, for the record. */
  readonly nowMs: () => number;
  /** With the status that follows from it. */
  readonly onNews: (news: News, status: AgentStatus) => void;
  /** Every second, and when something has changed that is no news. */
  readonly onStatus: (status: AgentStatus) => void;
  readonly onFailure: (failure: unknown) => void;
  /** Each that goes out by UDP, for other ways. */
  readonly onHeartbeat: (to: NodeName, datagram: Uint8Array) => void;
  /** As often as heartbeats go out, also when there is nobody to send one to: it is a sign of life. */
  readonly onTestament: (testament: Testament) => void;
};

/** This node's part in the election. The addresses are configured and mute before it begins. */
export class Participant {
  private readonly agent: ElectionAgent;
  private readonly heartbeats: HeartbeatSocket;
  private readonly announcer: Announcer;
  private readonly epochs: EpochsAhead;
  private readonly report: SelfReport;
  private readonly wishes: Wishes;
  private ticking: NodeJS.Timeout | undefined;
  private testamentAt = Number.NEGATIVE_INFINITY;

  private constructor(
    private readonly settings: HaSettings,
    private readonly parts: ParticipantParts,
    private readonly segment: Segment,
    private readonly deadMan: DeadMan,
    memory: Memory,
  ) {
    this.heartbeats = new HeartbeatSocket(settings, (heartbeat) => this.hear(heartbeat), parts.onHeartbeat);
    this.announcer = new Announcer(() => settings.addresses.forEach((address) => segment.announce(address)));
    const { boot, epoch } = memory;
    const note = new MaintenanceNote(settings.folder);
    const quietMs = 2 * profiles[settings.profile].deadMs;
    this.epochs = new EpochsAhead({ memory, quietMs, onFailure: parts.onFailure });
    this.report = new SelfReport({
      settings,
      boot,
      maintenance: () => note.current,
      nowMs: parts.nowMs,
    });
    this.agent = this.makeAgent(boot, epoch);
    this.wishes = new Wishes({ agent: this.agent, note, ...parts });
  }

  /** Resolves when it takes part. Throws when there is no such network card, or the port is taken. */
  static async start(
    settings: HaSettings,
    deadMan: DeadMan,
    memory: Memory,
    parts: ParticipantParts,
  ): Promise<Participant> {
    const { mac, addresses } = await new NetworkCard(settings.card).look();
    const address = addresses.find((one) => !settings.addresses.includes(one));
    if (address === undefined) throw new Error(`${settings.card} has no address of its own`);
    const { answerMs } = profiles[settings.profile];
    const segment = new Segment(new PacketSocket(settings.card), { mac, address }, answerMs);
    const participant = new Participant(settings, parts, segment, deadMan, memory);
    await participant.heartbeats.listen();
    participant.wishes.resume();
    participant.ticking = setInterval(() => participant.tick(), profiles[settings.profile].tickMs);
    return participant;
  }

  /** What an operator wants of this node. `answer` is called once. */
  ask(question: HaQuestion, answer: (answer: HaAnswer) => void): void {
    this.wishes.ask(question, answer);
  }

  /** A datagram that came another way than by UDP. */
  takeHeartbeat(datagram: Uint8Array): void {
    this.heartbeats.take(datagram);
  }

  /** Mute at once. */
  stop(): void {
    clearInterval(this.ticking);
    this.deadMan.mute();
    this.heartbeats.close();
  }

  /** Alone, it goes on where an earlier agent ended: nobody can have taken the addresses meanwhile. */
  private makeAgent(boot: number, epoch: number): ElectionAgent {
    const { settings, parts, segment, deadMan } = this;
    const { node, rank, peers, pingNodes, addresses, profile } = settings;
    const others = peers.map((peer) => ({ node: peer.node, rank: peer.rank }));
    const times = profiles[profile];
    return new ElectionAgent(
      { node, rank, others, pingNodes, times, boot, failbackAfterMs: undefined },
      epoch,
      deadMan,
      {
        send: (to, heartbeat) => this.heartbeats.send(to, heartbeat),
        ping: (sentAt) => pingNodes.forEach((target) => segment.ping(target, sentAt)),
        probe: () => addresses.map((address) => segment.probe(address)).every(Boolean),
        claim: () => undefined, // NATS is never heard of yet, so no lease is asked for
        store: (next) => this.epochs.use(next),
        announce: () => this.announcer.start(parts.now()),
        tell: (news) => this.tell(news),
        onFailure: parts.onFailure,
      },
      parts.now,
      isAlone(settings) && deadMan.goOn(),
    );
  }

  private hear(heartbeat: Heartbeat): void {
    this.wishes.hear(heartbeat);
    this.agent.give({ kind: 'heard', heartbeat });
  }

  private tick(): void {
    const now = this.parts.now();
    for (const sighting of this.segment.look(this.settings.addresses, now)) {
      const event = this.eventOf(sighting);
      if (event !== undefined) this.agent.give(event);
    }
    this.agent.give({ kind: 'tick' });
    this.wishes.look();
    this.announcer.look(this.agent.state.role.kind === 'active', now);
    if (now - this.testamentAt < profiles[this.settings.profile].heartbeatMs) return;
    this.testamentAt = now;
    this.parts.onTestament(this.testament());
    if (this.agent.state.role.kind === 'standby') this.epochs.refill(this.agent.state.epoch, now);
    const account = accountOf(this.agent.state, now);
    if (this.report.isDue(account, now)) this.parts.onStatus(this.report.status(account, this.heartbeats.ignored, now));
  }

  private tell(news: News): void {
    const now = this.parts.now();
    this.report.note(news);
    if (news.kind === 'took-over') this.wishes.took();
    if (news.kind === 'let-go') this.epochs.letGo(now);
    this.parts.onNews(news, this.report.status(accountOf(this.agent.state, now), this.heartbeats.ignored, now));
  }

  private testament(): Testament {
    const words = this.settings.peers.flatMap(({ node, address }) => {
      const word = lastWordTo(this.agent.state, node);
      if (word === undefined) return [];
      return [{ node, address, datagram: Buffer.from(this.heartbeats.encode(node, word)).toString('base64') }];
    });
    return { words };
  }

  private eventOf(sighting: Sighting): ElectionEvent | undefined {
    switch (sighting.kind) {
      case 'ping-answered':
        return sighting;
      case 'address-answered':
        return { kind: 'probe-answered', by: sighting.mac };
      case 'probed': {
        // Of a pair there is only one who could ask; of more, a majority decides and this says nothing.
        const [peer] = this.settings.peers;
        return peer === undefined ? undefined : { kind: 'rival-seen', node: peer.node };
      }
    }
  }
}
