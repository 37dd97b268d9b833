import { type Ballot, type BallotEntry, ballotEntriesMax, type CouncilWord, type Vote } from '@evenkeel/contracts';
import { type Clock, Loop } from '@evenkeel/kernel';
import type { TargetVerdict } from '../target-verdict.ts';
import { Attendance } from './attendance.ts';
import type { Colleagues, Judgement, ProberSide } from './colleagues.ts';
import { asBefore, judgeTogether, type Voter } from './judge-together.ts';
import { sayMs, tellAllMs } from './pace.ts';
import { comesBefore, type Seat, textHash } from './seats.ts';
import { isNewer, wordAfter } from './word.ts';

export type CouncilOptions = {
  /** The name of this checker. */
  readonly checker: string;
  /** Of this process alone: another after each start. */
  readonly run: string;
  /** So many checkers ask the same target at the most. */
  readonly votersMax: number;
  /** Tells all checkers of the cluster, this one included. May be lost. Must come before whatever is put into the store later. */
  readonly send: (ballot: Ballot) => void;
  /** Another process that is there bears our name. */
  readonly onTwin: () => void;
};

/**
 * One checker's seat among several. Each target is asked by the first `votersMax` checkers in an order of its own; each tells
 * the others what it has seen; the first of them speaks: it counts the votes, and puts the verdict into the store.
 *
 * What was said last goes from one to the next as a word, so whoever takes over goes on from it. With nobody else there it
 * is as if this were not here.
 */
export class Council implements Colleagues {
  private readonly attendance: Attendance;
  private readonly loop: Loop;
  private readonly votes = new Map<string, Vote>();
  private readonly words = new Map<string, CouncilWord>();
  /** Targets of which the others must hear. */
  private readonly news = new Set<string>();
  private prober: ProberSide | undefined;
  private isAllWanted = false;
  private allToldAtMs = -Infinity;
  private seating = '';
  private hasSeenTwin = false;

  constructor(
    private readonly options: CouncilOptions,
    private readonly clock: Clock,
  ) {
    this.attendance = new Attendance(options.run, clock);
    const pace = { sweepMs: sayMs, retryMinMs: sayMs, retryMaxMs: sayMs, onFailure: () => undefined };
    this.loop = new Loop(() => this.round(), pace, clock);
  }

  begin(prober: ProberSide): void {
    this.prober = prober;
  }

  expectOthers(): void {
    this.attendance.expectOthers();
  }

  /** A ballot has come, also one of our own. */
  hear(ballot: Ballot): void {
    const member = this.attendance.hear(ballot);
    const entries = member === undefined ? [] : ballot.entries;
    if (member !== undefined) this.isAllWanted ||= ballot.wantsAll;
    if (member?.checker === this.options.checker && !member.hasLeft) this.noticeTwin();
    for (const entry of entries) this.takeWord(entry);
    if (this.notice()) return; // everything is counted anew
    for (const { target } of entries) this.prober?.recount(target);
  }

  /** Resolves after `stop`. */
  run(): Promise<void> {
    return this.loop.run();
  }

  /** The others take over at once. */
  stop(): void {
    this.loop.stop();
    this.send({ entries: [], isLeaving: true });
  }

  asks(target: string): boolean {
    const rivals = this.attendance.present().filter(({ isReady }) => isReady);
    if (rivals.length < this.options.votersMax) return true;
    const place = textHash(target);
    return rivals.filter((rival) => comesBefore(place, rival, this.options)).length < this.options.votersMax;
  }

  speaksFor(target: string): boolean {
    if (!this.attendance.isInformed()) return false;
    const present = this.attendance.present();
    if (present.length === 0) return true;
    const ready: readonly Seat[] = present.filter(({ isReady }) => isReady);
    if (!this.isReady()) return ready.length === 0 && this.comesFirst(target, present);
    return this.comesFirst(target, ready);
  }

  judge(target: string, own: TargetVerdict, vote: Vote | undefined): Judgement {
    this.cast(target, vote);
    const before = this.words.get(target);
    if (!this.speaksFor(target)) {
      return { verdict: before === undefined ? own : asBefore(own, before), isOurs: false };
    }
    const verdict = judgeTogether(own, this.votersOn(target), before, new Date(this.clock.nowMs()).toISOString());
    const word = wordAfter(before, verdict);
    this.words.set(target, word);
    if (word !== before) this.tell(target);
    return { verdict, isOurs: true };
  }

  wordOn(target: string): CouncilWord | undefined {
    return this.words.get(target);
  }

  abstain(target: string): void {
    if (this.votes.has(target)) this.cast(target, undefined);
  }

  keepOnly(isWanted: (target: string) => boolean): void {
    for (const target of this.words.keys()) if (!isWanted(target)) this.words.delete(target);
  }

  canVouch(): boolean {
    return this.attendance.isInformed();
  }

  /** Nobody else is known. */
  isAlone(): boolean {
    return this.attendance.isAlone();
  }

  doubt(): void {
    this.attendance.doubt();
    this.notice();
  }

  private round(): Promise<void> {
    this.attendance.look();
    this.notice();
    const isAllDue = this.isAllWanted && this.clock.monotonicMs() - this.allToldAtMs >= tellAllMs;
    if (isAllDue) this.tellAll();
    else this.tellNews();
    return Promise.resolve();
  }

  private tellNews(): void {
    const entries = [...this.news].map((target) => this.entryOf(target));
    this.news.clear();
    for (const piece of inPieces(entries)) this.send({ entries: piece });
  }

  private tellAll(): void {
    this.news.clear();
    this.isAllWanted = false;
    this.allToldAtMs = this.clock.monotonicMs();
    const targets = new Set([...this.votes.keys(), ...this.words.keys()]);
    const pieces = inPieces([...targets].map((target) => this.entryOf(target)));
    pieces.forEach((entries, number) => this.send({ entries, piece: { number, of: pieces.length } }));
  }

  private send(said: Pick<Ballot, 'entries' | 'piece' | 'isLeaving'>): void {
    const { checker, run, send } = this.options;
    const number = this.attendance.nextNumber();
    send({ checker, run, number, isReady: this.isReady(), wantsAll: this.attendance.wantsAll(), ...said });
  }

  private entryOf(target: string): BallotEntry {
    const [vote, word] = [this.votes.get(target), this.words.get(target)];
    return { target, ...(vote === undefined ? {} : { vote }), ...(word === undefined ? {} : { word }) };
  }

  private takeWord({ target, word }: BallotEntry): void {
    const known = this.words.get(target);
    if (word !== undefined && isNewer(word, known)) {
      this.words.set(target, word);
      this.prober?.hear(target, word);
      // Somebody has missed something, or two spoke at once: the newer word must get around.
    } else if (known !== undefined && (word === undefined || isNewer(known, word))) this.tell(target);
  }

  private cast(target: string, vote: Vote | undefined): void {
    const before = this.votes.get(target);
    if (vote === undefined) this.votes.delete(target);
    else this.votes.set(target, vote);
    const isSame =
      before?.state === vote?.state && before?.reason === vote?.reason && before?.isBlind === vote?.isBlind;
    if (!isSame) this.tell(target);
  }

  private tell(target: string): void {
    if (this.attendance.isAlone()) return; // whoever comes asks for everything
    this.news.add(target);
    this.loop.wake();
  }

  private votersOn(target: string): readonly Voter[] {
    const { checker } = this.options;
    const own = this.votes.get(target);
    const others = this.attendance.remembered().flatMap((member) => {
      const vote = member.votes.get(target);
      return vote === undefined
        ? []
        : { checker: member.checker, isOurs: false, isGone: !this.attendance.isPresent(member), vote };
    });
    const voters = own === undefined ? others : [...others, { checker, isOurs: true, isGone: false, vote: own }];
    return voters.toSorted((one, other) => (one.checker < other.checker ? -1 : 1));
  }

  private comesFirst(target: string, others: readonly Seat[]): boolean {
    const place = textHash(target);
    return others.every((other) => comesBefore(place, this.options, other));
  }

  private isReady(): boolean {
    return this.attendance.isInformed() && this.prober?.isSettled() === true;
  }

  /** Who asks and who speaks follows from who is there. Whether that has changed. */
  private notice(): boolean {
    const present = this.attendance.remembered().map(({ run, isReady }) => `${run} ${isReady}`);
    const there = this.attendance.present().map(({ run }) => run);
    const seating = [this.attendance.isInformed(), this.isReady(), ...present, '/', ...there].join(' ');
    if (seating === this.seating) return false;
    this.seating = seating;
    this.prober?.reseat();
    return true;
  }

  private noticeTwin(): void {
    if (this.hasSeenTwin) return;
    this.hasSeenTwin = true;
    this.options.onTwin();
  }
}

/** One piece at the least: an empty ballot says that we are there. */
const inPieces = (entries: readonly BallotEntry[]): BallotEntry[][] => {
  const of = Math.max(1, Math.ceil(entries.length / ballotEntriesMax));
  return Array.from({ length: of }, (_, index) =>
    entries.slice(index * ballotEntriesMax, (index + 1) * ballotEntriesMax),
  );
};
