import type { Ballot } from '@evenkeel/contracts';
import type { Clock } from '@evenkeel/kernel';
import { Member } from './member.ts';
import { deafMs, goneMs, listenMs, mournMs } from './pace.ts';

/**
 * Who is there. Everything is judged by our own monotonic clock and by whether we hear ourselves: who does not hear his own
 * ballots is cut off, or was asleep, and the silence of the others proves nothing.
 */
export class Attendance {
  private readonly members = new Map<string, Member>();
  private heardMyselfAtMs = -Infinity;
  /** Only what was sent after the deafness began proves that it is over: the rest may have waited in the socket. */
  private provenAfter: number | undefined = 0;
  private sent = 0;
  private listensUntilMs: number | undefined;
  /** Time as far as we could hear. */
  private nowMs: number;

  constructor(
    private readonly run: string,
    private readonly clock: Clock,
  ) {
    this.nowMs = clock.monotonicMs();
  }

  /** There were others not long ago: nothing is decided before they had time to speak. Call before the first ballot. */
  expectOthers(): void {
    this.listensUntilMs = Infinity;
  }

  /** The number of our next ballot. */
  nextNumber(): number {
    return (this.sent += 1);
  }

  /** The other who spoke; undefined when we have heard ourselves. */
  hear(ballot: Ballot): Member | undefined {
    this.look();
    if (ballot.run === this.run) return this.hearMyself(ballot.number);
    const member = this.members.get(ballot.run) ?? new Member(ballot, this.nowMs);
    this.members.set(ballot.run, member);
    member.hear(ballot, this.nowMs);
    return member;
  }

  /** Lets time pass: whoever has been silent for long is forgotten. */
  look(): void {
    const now = this.clock.monotonicMs();
    if (now - this.heardMyselfAtMs > deafMs) this.doubt();
    if (this.isDeaf()) return;
    this.nowMs = now;
    for (const [run, { heardAtMs }] of this.members) if (now - heardAtMs > goneMs + mournMs) this.members.delete(run);
  }

  /** What we say may not be heard, nor what we hear be all: until we hear ourselves again, nobody is believed gone. */
  doubt(): void {
    this.provenAfter ??= this.sent;
  }

  /** Those who are there, beside ourselves. */
  present(): readonly Member[] {
    return [...this.members.values()].filter((member) => this.isPresent(member));
  }

  isPresent({ hasLeft, heardAtMs }: Member): boolean {
    return !hasLeft && this.nowMs - heardAtMs <= goneMs;
  }

  /** The same and those who have just gone: what they saw last counts for a while. */
  remembered(): readonly Member[] {
    return [...this.members.values()];
  }

  /** Nobody else is known. */
  isAlone(): boolean {
    return this.members.size === 0;
  }

  /** Whether we know what all the others have seen. */
  isInformed(): boolean {
    if (this.isListening()) return false;
    return this.isAlone() || (!this.isDeaf() && this.present().every(({ isWhole }) => isWhole));
  }

  wantsAll(): boolean {
    return this.isListening() || this.present().some(({ isWhole }) => !isWhole);
  }

  private isListening(): boolean {
    return this.listensUntilMs !== undefined && this.nowMs < this.listensUntilMs;
  }

  private isDeaf(): boolean {
    return this.provenAfter !== undefined;
  }

  private hearMyself(number: number): undefined {
    if (this.provenAfter !== undefined && number <= this.provenAfter) return;
    const now = this.clock.monotonicMs();
    this.heardMyselfAtMs = now;
    if (this.provenAfter === undefined) return;
    this.provenAfter = undefined;
    this.nowMs = now;
    if (this.listensUntilMs === Infinity) this.listensUntilMs = now + listenMs;
    for (const member of this.members.values()) {
      member.heardAtMs = now; // it had no chance to be heard
      member.miss();
    }
  }
}
