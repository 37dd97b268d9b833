import type { Ballot, BallotEntry, Vote } from '@evenkeel/contracts';

/** Another checker, as it was heard here. All times are of our own monotonic clock: what theirs says matters nowhere. */
export class Member {
  readonly checker: string;
  readonly run: string;
  heardAtMs: number;
  isReady = false;
  hasLeft = false;
  /** By target. */
  votes = new Map<string, Vote>();
  /** Everything that it has to say is known here. */
  isWhole = false;
  private number: number;
  /** The pieces of everything, as far as they have come. */
  private coming: { readonly votes: Map<string, Vote>; next: number } | undefined;

  constructor({ checker, run, number }: Ballot, nowMs: number) {
    this.checker = checker;
    this.run = run;
    this.number = number - 1;
    this.heardAtMs = nowMs;
  }

  hear(ballot: Ballot, nowMs: number): void {
    this.heardAtMs = nowMs;
    this.isReady = ballot.isReady;
    this.hasLeft = ballot.isLeaving === true;
    if (ballot.number !== this.number + 1) this.miss();
    this.number = ballot.number;
    if (ballot.piece === undefined) for (const entry of ballot.entries) note(entry, this.votes);
    else this.takePiece(ballot.piece, ballot.entries);
  }

  /** Something that it said may not have come here. */
  miss(): void {
    this.isWhole = false;
    this.coming = undefined;
  }

  private takePiece({ number, of }: NonNullable<Ballot['piece']>, entries: readonly BallotEntry[]): void {
    if (number === 0) this.coming = { votes: new Map(), next: 0 };
    if (this.coming?.next !== number) return;
    for (const entry of entries) note(entry, this.coming.votes);
    this.coming.next += 1;
    if (this.coming.next < of) return;
    this.votes = this.coming.votes;
    this.coming = undefined;
    this.isWhole = true;
  }
}

const note = ({ target, vote }: BallotEntry, votes: Map<string, Vote>): void => {
  if (vote === undefined) votes.delete(target);
  else votes.set(target, vote);
};
