import type { ClusterCommandOf, ClusterRefusal, RealServerId, RealServerState } from '@evenkeel/contracts';
import type { Clock, Result } from '@evenkeel/kernel';
import type { Decided } from '../decision.ts';
import { deadlineOf } from '../rules/drain-deadline.ts';
import type { Cluster } from '../state/cluster.ts';
import { serviceIn } from '../state/with-service.ts';
import { DueServers, orderOf } from './due-servers.ts';

type EndDrain = ClusterCommandOf<'EndDrain'>;

export type DrainEnderParts = {
  /** As far as it was read. */
  readonly cluster: () => Cluster;
  /** Whether anything is known of who is down: before, everybody would count as available. */
  readonly knowsVerdicts: () => boolean;
  /** What the book would make of the wish; nothing is stored. */
  readonly judge: (wish: EndDrain) => Decided;
  /** Into the book. Throws when it is out of reach. */
  readonly record: (wish: EndDrain, reason: string) => Promise<Result<unknown, unknown>>;
  /** Told once of each drain that cannot be ended, until it can. */
  readonly onHeldUp: (words: string) => void;
  readonly clock: Clock;
};

/**
 * Halts real servers whose drain has come to its deadline. It keeps no timers: who is due is read off the state, so a
 * restart forgets nothing. Several may run at once, because a drain that has been ended is not due any more, and the
 * book decides each wish on its newest state.
 */
export class DrainEnder {
  private readonly held = new Set<RealServerId>();
  private readonly due = new DueServers(deadlineOf);

  constructor(private readonly parts: DrainEnderParts) {}

  /** How many drains are past their deadline because nobody else could serve. */
  get heldUp(): number {
    return this.held.size;
  }

  /** Ends what is due. Throws what `record` throws; call it again, and again in a second. */
  async round(): Promise<void> {
    if (!this.parts.knowsVerdicts()) return;
    const due = this.due.at(this.parts.cluster(), this.parts.clock.nowMs());
    const ids = new Set(due.map(({ id }) => id));
    for (const id of this.held) if (!ids.has(id)) this.held.delete(id);
    await Promise.all(due.map((realServer) => this.end(realServer)));
  }

  /** Judged here first: a refusal that lasts would otherwise go to the book every second. */
  private async end(realServer: RealServerState): Promise<void> {
    const wish: EndDrain = { kind: 'EndDrain', realServerId: realServer.id };
    const judged = this.parts.judge(wish);
    if (!judged.ok) return this.holdUp(realServer, judged.refusal);
    this.held.delete(realServer.id);
    await this.parts.record(wish, `deadline of the ${orderOf(realServer)}`); // a refusal now comes of news, and is judged in the next round
  }

  private holdUp(realServer: RealServerState, { kind }: ClusterRefusal): void {
    if (this.held.has(realServer.id)) return;
    this.held.add(realServer.id);
    const service = serviceIn(this.parts.cluster(), realServer.virtualServiceId).spec.label;
    const name = `${realServer.spec.label} of ${service}`;
    this.parts.onHeldUp(`the drain of ${name} is past its deadline, and nobody else could serve (${kind}): not halted`);
  }
}
