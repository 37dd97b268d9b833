import type { ClientTies, NodeName } from '@evenkeel/contracts';
import type { Clock } from '@evenkeel/kernel';
import { NftRefused, type Nftables } from '../nftables.ts';
import type { ClientExchange } from './client-exchange.ts';
import type { ClientWatch } from './client-watch.ts';
import type { KnownClients } from './known-clients.ts';
import { type HeardTie, placementOf } from './placement.ts';
import { type Placing, placingsOf } from './placing.ts';
import { type Tie, writtenTies } from './tie.ts';
import { ToldClients } from './told-clients.ts';

/** After one look so many clients are told of, and so many to one who has asked. What is left is told after the next one. */
const toldMax = 5_000;
/** In one message, of some 12 KB. */
const messageMax = 500;
/** More than this are not kept until the next look. */
const heardMax = 20_000;
/** Who asks is answered; nobody can make this node remember more who have. */
const askingMax = 50;

/** `refused`: by nft. `no-room`: in the set of the real server. `too-many`: heard in too short a time. */
export type SharingOutcome = 'told' | 'taken' | 'refused' | 'no-room' | 'too-many';

export type ClientSharingParts = {
  readonly known: KnownClients;
  readonly watch: Pick<ClientWatch, 'round' | 'look'>;
  readonly nftables: Pick<Nftables, 'apply' | 'family'>;
  readonly exchange: ClientExchange;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly onCount: (outcome: SharingOutcome, clients: number) => void;
};

/** Gives the clients of this node's kernel to other nodes, and theirs to this kernel. */
export class ClientSharing {
  private readonly told = new ToldClients();
  private heard: HeardTie[] = [];
  /** How much each node that has asked was given. */
  private readonly asking = new Map<NodeName, number>();
  private askedIn: number | undefined;

  constructor(private readonly parts: ClientSharingParts) {}

  /** Keeps what another node has told until the next round. */
  hear({ revision, servers }: ClientTies): void {
    const nowMs = this.parts.clock.monotonicMs();
    for (const { server, clients } of servers) {
      const room = clients.slice(0, Math.max(0, heardMax - this.heard.length));
      for (const [address, seconds] of room) {
        this.heard.push({ server, address, untilMs: nowMs + seconds * 1_000, revision });
      }
      this.count('too-many', clients.length - room.length);
    }
  }

  /** Answers this node in the next rounds. */
  asked(node: NodeName): void {
    if (this.asking.size < askingMax) this.asking.set(node, 0);
  }

  /** To be called often. Throws what the door throws; call again then. */
  async round(): Promise<void> {
    if (!(await this.parts.watch.round())) return;
    await this.take();
    this.speak();
  }

  /** What others do not know yet, of a last look: whoever stops had better say it. */
  async leave(): Promise<void> {
    await this.parts.watch.look();
    this.speak();
  }

  private async take(): Promise<void> {
    const { heard, told } = this;
    const { known, clock, nftables } = this.parts;
    this.heard = [];
    for (const tie of heard) if (known.watched.has(tie.server)) told.heard(tie);
    const nowMs = clock.monotonicMs();
    const { moves, left } = placementOf(heard, known, nowMs);
    this.count('no-room', left);
    for (const placing of placingsOf(moves, known.watched, nowMs, nftables.family)) await this.place(placing);
  }

  private async place({ moves, transaction }: Placing): Promise<void> {
    const { known, nftables } = this.parts;
    try {
      await nftables.apply(transaction);
    } catch (failure) {
      if (!(failure instanceof NftRefused)) throw failure;
      this.count('refused', moves.length); // a set that is gone, mostly
      return;
    }
    known.placed(moves);
    this.count('taken', moves.length);
  }

  private speak(): void {
    const { exchange, known } = this.parts;
    const { session } = exchange;
    if (session === undefined || known.watched.size === 0) return;
    const ties = known.ties();
    // Everything that was said while the bus was away has passed this node by.
    if (this.askedIn !== session) exchange.ask();
    this.askedIn = session;
    this.tell(ties);
    this.answer(ties);
  }

  private tell(ties: readonly Tie[]): void {
    const { exchange, known } = this.parts;
    const news = this.told.news(ties, known.watched, toldMax);
    for (const message of this.messagesOf(news)) exchange.tell(message);
    this.count('told', news.length);
  }

  private answer(ties: readonly Tie[]): void {
    for (const [node, given] of this.asking) {
      for (const message of this.messagesOf(ties.slice(given, given + toldMax)))
        this.parts.exchange.answer(node, message);
      if (given + toldMax < ties.length) this.asking.set(node, given + toldMax);
      else this.asking.delete(node);
    }
  }

  private messagesOf(ties: readonly Tie[]): readonly ClientTies[] {
    const { known, clock } = this.parts;
    const nowMs = clock.monotonicMs();
    const count = Math.ceil(ties.length / messageMax);
    return Array.from({ length: count }, (_, index) => ({
      revision: known.revision,
      servers: writtenTies(ties.slice(index * messageMax, (index + 1) * messageMax), nowMs),
    }));
  }

  private count(outcome: SharingOutcome, clients: number): void {
    if (clients > 0) this.parts.onCount(outcome, clients);
  }
}
