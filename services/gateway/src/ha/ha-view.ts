import type { HaChannel } from '@evenkeel/bus';
import type { HaPicture, HaStatus } from '@evenkeel/contracts';
import { type HeardStatus, pictureOf } from '@evenkeel/election';
import type { Clock } from '@evenkeel/kernel';

/** One that was not heard for so long is of no interest any more; nodes that have it configured still name it. */
const forgottenAfterMs = 7 * 86_400_000;
/**
 * A node whose count of starts began anew, because its folder was lost, is believed when the earlier one has been silent: also
 * at the same count, where only the sequence could tell.
 */
const restartedAfterMs = 10_000;

type Kept = { readonly status: HaStatus; readonly heardAtMs: number };

/** What this gateway has heard of who answers for the addresses. Every gateway hears all of it. */
export class HaView {
  private readonly kept = new Map<string, Kept>();
  private stopListening: () => void = () => undefined;

  constructor(
    private readonly channel: Pick<HaChannel, 'onStatus' | 'askForStatus'>,
    private readonly clock: Clock,
  ) {}

  start(): void {
    this.stopListening = this.channel.onStatus((status) => this.take(status));
    this.channel.askForStatus();
  }

  stop(): void {
    this.stopListening();
  }

  picture(): HaPicture {
    return pictureOf(this.heard());
  }

  private heard(): readonly HeardStatus[] {
    const nowMs = this.clock.monotonicMs();
    for (const [key, { heardAtMs }] of this.kept) {
      if (nowMs - heardAtMs >= forgottenAfterMs) this.kept.delete(key);
    }
    return [...this.kept.values()].map(({ status, heardAtMs }) => ({ status, ageMs: nowMs - heardAtMs }));
  }

  private take(status: HaStatus): void {
    const key = `${status.group} ${status.node}`;
    const heardAtMs = this.clock.monotonicMs();
    const before = this.kept.get(key);
    if (before === undefined || !isLate(status, before.status, heardAtMs - before.heardAtMs)) {
      this.kept.set(key, { status, heardAtMs });
    }
  }
}

const isLate = (status: HaStatus, known: HaStatus, knownForMs: number): boolean =>
  knownForMs < restartedAfterMs &&
  (status.boot === known.boot ? status.sequence <= known.sequence : status.boot < known.boot);
