import { fromSnapshot } from '@evenkeel/cluster';
import type { Ballot, ProbeResult, RealServerId, Verdict, VerdictState } from '@evenkeel/contracts';
import { Clock, type Rest } from '@evenkeel/kernel';
import { aRealServer, aSnapshot, aVirtualService, ManualClock } from '@evenkeel/testing';
import { Council, Prober, type Target, targetsOf, VerdictChanges, type VerdictStore } from '../src/index.ts';

export const machines = ['192.168.85.200', '192.168.85.201', '192.168.85.202'] as const;
export type Machine = (typeof machines)[number];
export const names = ['health-1', 'health-2', 'health-3', 'health-4'] as const;
export type Name = (typeof names)[number];

const pace = { interval: '2s', rise: 2, fall: 3 } as const;
const cluster = fromSnapshot(
  aSnapshot(
    [aVirtualService({ number: 1, spec: { healthCheck: { kind: 'connect', ...pace } } })],
    machines.map((address, index) => aRealServer({ number: 11 + index, spec: { label: `PACS${index}`, address } })),
  ),
);
const servers = new Map([...cluster.realServers.values()].map(({ id, spec }) => [id, spec.address as Machine]));

/** A dead server is out after three failures, a takeover and the end of mourning: the design says at the most so long. */
const outWithinMs = 3 * 2_000 + 2_000 + 3_000 + 10_000 + 2_000;
/** Whatever has stood for longer must not change the verdict any more. */
const stillMs = outWithinMs + 4_000;

/** One process: it can be asleep, its wall clock may say anything, and its way to the bus or to the machines be cut. */
class Process extends Clock {
  isAsleep = false;
  isCutOff = false;
  /** It reaches no machine, and takes them all for dead. */
  isBlind = false;
  readonly startedAtMs: number;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly clock: ManualClock,
    readonly name: Name,
    private readonly wrongByMs: number,
  ) {
    super();
    this.startedAtMs = clock.monotonicMs();
  }

  override nowMs(): number {
    return this.clock.nowMs() + this.wrongByMs;
  }

  override monotonicMs(): number {
    return this.clock.monotonicMs();
  }

  override rest(ms: number): Rest {
    const rest = this.clock.rest(ms);
    return { over: rest.over.then(() => this.awake()), wake: () => rest.wake() };
  }

  /** What has come meanwhile waits, in its order. */
  whenAwake(happens: () => void): void {
    if (this.isAsleep) this.waiting.push(happens);
    else happens();
  }

  wakeUp(): void {
    this.isAsleep = false;
    for (const happens of this.waiting.splice(0)) happens();
  }

  private awake(): Promise<void> {
    return new Promise((resolve) => this.whenAwake(resolve));
  }
}

type Running = { readonly process: Process; readonly prober: Prober; readonly council: Council; isOver: boolean };
/** Since when a checker is as it is: able to see and to speak, or not. */
type Standing = { is: 'seeing' | 'misled' | 'away'; sinceMs: number };

/** Several checkers over one bus and one bucket, machines that die, and everything that can happen to a checker. */
export class CheckersWorld {
  /** What must not be and was, in words. */
  readonly faults: string[] = [];
  /** What the checkers have written into the journal. */
  readonly journal: { readonly machine: string; readonly from: string; readonly to: string }[] = [];
  changes = 0;
  splits = 0;
  private readonly clock = new ManualClock();
  private readonly running = new Map<Name, Running>();
  private readonly bucket = new Map<RealServerId, Verdict>();
  private readonly beats = new Map<string, number>();
  private readonly deadSince = new Map<Machine, number>();
  private readonly aliveSince = new Map<Machine, number>(machines.map((machine) => [machine, 0]));
  private readonly standing = new Map<Name, Standing>(names.map((name) => [name, { is: 'away', sinceMs: 0 }]));
  private runs = 0;
  /** The last time at which somebody was misled, or nobody saw. */
  private troubleAtMs = 0;

  constructor(private readonly votersMax: number) {}

  start(name: Name, wrongByMs = 0): void {
    if (this.running.has(name)) return;
    const process = new Process(this.clock, name, wrongByMs);
    const council: Council = new Council(
      {
        checker: name,
        run: `run-${(this.runs += 1)}`,
        votersMax: this.votersMax,
        send: (ballot) => this.send(process, ballot),
        onTwin: () => undefined,
      },
      process,
    );
    const hearer = new VerdictChanges(
      name,
      () => [cluster],
      ({ machine, from, to }) => this.journal.push({ machine, from, to }),
    );
    const options = { checker: name, probesMax: 100, refreshMs: 10_000, onFailure: () => undefined, hearer };
    const spread = seeded(this.runs);
    const one: Running = {
      process,
      council,
      isOver: false,
      prober: new Prober(
        (_check, target) => this.answer(process, target),
        this.storeOf(process, () => !one.isOver),
        options,
        process,
        spread,
        council,
      ),
    };
    this.running.set(name, one);
    one.prober.adopt([...this.bucket.values()], this.beats);
    if ([...this.beats.keys()].some((other) => other !== name)) council.expectOthers();
    void council.run();
    void one.prober.run();
    one.prober.want(targetsOf(cluster));
    this.note();
  }

  /** Without a word, as after `kill -9`, or with one. */
  stop(name: Name, how: 'killed' | 'told'): void {
    const one = this.running.get(name);
    if (one === undefined) return;
    this.running.delete(name);
    if (how === 'killed') one.isOver = true;
    one.council.stop();
    one.prober.stop();
    one.isOver = true;
    this.note();
  }

  change(name: Name, how: Partial<Pick<Process, 'isAsleep' | 'isCutOff' | 'isBlind'>>): void {
    const process = this.running.get(name)?.process;
    if (process === undefined) return;
    Object.assign(process, { ...how, isAsleep: process.isAsleep });
    if (how.isAsleep === true) process.isAsleep = true;
    if (how.isAsleep === false && process.isAsleep) process.wakeUp();
    this.note();
  }

  /** From now on the book has nothing of `machine`. */
  leavesTheBook(machine: Machine): void {
    const { checks, fixed } = targetsOf(cluster);
    const left = [...checks].filter(([, { target }]) => target.address !== machine);
    for (const { prober } of this.running.values()) prober.want({ checks: new Map(left), fixed });
  }

  becomes(machine: Machine, is: 'alive' | 'dead'): void {
    const [from, to] = is === 'dead' ? [this.aliveSince, this.deadSince] : [this.deadSince, this.aliveSince];
    if (!from.delete(machine)) return;
    to.set(machine, this.clock.monotonicMs());
  }

  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      await this.clock.advance(1_000);
      this.note();
      this.examineDead();
    }
  }

  healAll(): void {
    for (const { process } of this.running.values()) {
      Object.assign(process, { isBlind: false, isCutOff: false });
      if (process.isAsleep) process.wakeUp();
    }
    this.note();
  }

  end(): void {
    this.healAll();
    for (const name of names) this.stop(name, 'killed');
  }

  /** Machines that the workers would wrongly use or leave out. */
  wronglyJudged(): readonly string[] {
    return [...servers].flatMap(([id, machine]) => {
      const state = this.bucket.get(id)?.state;
      return state === (this.deadSince.has(machine) ? 'down' : 'up') ? [] : `${machine} is ${state}`;
    });
  }

  /** Verdicts that show a disagreement or an older count, when all agree. */
  votesShown(): readonly (readonly string[])[] {
    return [...this.bucket.values()].map(({ votes = [] }) => votes.map(({ checker, state }) => `${checker} ${state}`));
  }

  speakers(): ReadonlySet<string> {
    return new Set([...this.bucket.values()].map(({ checker }) => checker));
  }

  stateOf(machine: Machine): VerdictState | undefined {
    return this.verdictOn(machine)?.state;
  }

  verdictOn(machine: Machine): Verdict | undefined {
    return [...this.bucket.values()].find(({ realServerId }) => servers.get(realServerId) === machine);
  }

  private answer(process: Process, { address }: Target): Promise<ProbeResult> {
    const isWell = !process.isBlind && !this.deadSince.has(address as Machine);
    const [outcome, reason] = isWell ? (['passed', 'check-passed'] as const) : (['failed', 'connect-timeout'] as const);
    const at = new Date(process.nowMs()).toISOString();
    return process.rest(5).over.then(() => ({ outcome, reason, detail: reason, latencyMs: 5, at }));
  }

  /** A copy to everybody, through the bus: lost where a link is cut on either side, late where a process sleeps. */
  private send(from: Process, ballot: Ballot): void {
    if (from.isCutOff || this.running.get(from.name)?.isOver !== false) return;
    const text = JSON.stringify(ballot);
    void this.clock.rest(3).over.then(() => {
      for (const { process, council } of this.running.values()) {
        if (!process.isCutOff) process.whenAwake(() => council.hear(JSON.parse(text) as Ballot));
      }
    });
  }

  private storeOf(process: Process, isRunning: () => boolean): VerdictStore {
    const write = async (change: () => void): Promise<void> => {
      await process.rest(2).over;
      if (!isRunning()) return;
      if (process.isCutOff) throw new Error('the bus is away');
      change();
    };
    return {
      put: (verdict) => write(() => this.put(verdict)),
      delete: (id) => write(() => this.bucket.delete(id)),
      beat: (checker, atMs) => write(() => this.beats.set(checker, atMs)),
    };
  }

  private put(verdict: Verdict): void {
    const before = this.bucket.get(verdict.realServerId);
    this.bucket.set(verdict.realServerId, verdict);
    if (new Set(verdict.votes?.map(({ state }) => state)).size > 1) this.splits += 1;
    if (before === undefined || before.state === verdict.state || before.state === 'unknown') return;
    this.changes += 1;
    this.examineChange(verdict);
  }

  /** A checker alone takes nobody out, and what has long been so does not change. */
  private examineChange({ realServerId, state, checker }: Verdict): void {
    const now = this.clock.monotonicMs();
    const machine = servers.get(realServerId) as Machine;
    const truth = this.deadSince.has(machine) ? 'down' : 'up';
    const sinceMs = this.deadSince.get(machine) ?? this.aliveSince.get(machine) ?? 0;
    if (state === truth || now - sinceMs < stillMs) return;
    const standings = [...this.standing.values()];
    const seeing = standings.filter(({ is, sinceMs: from }) => is === 'seeing' && now - from > settledWithinMs);
    const misled = standings.filter(({ is }) => is === 'misled');
    if (seeing.length === 0 || misled.length > 1) return;
    const what = `${machine} became ${state} by ${checker}`;
    this.faults.push(`${what} at ${now}: ${seeing.length} saw, ${misled.length} were misled`);
  }

  /** Who is dead goes out in time, when more see it than are misled. */
  private examineDead(): void {
    const now = this.clock.monotonicMs();
    if (now - this.troubleAtMs < outWithinMs) return;
    for (const [machine, sinceMs] of this.deadSince) {
      if (now - sinceMs > outWithinMs && this.stateOf(machine) !== 'down')
        this.faults.push(`${machine} is dead for ${now - sinceMs} ms and ${this.stateOf(machine)} at ${now}`);
    }
  }

  private note(): void {
    const now = this.clock.monotonicMs();
    for (const name of names) {
      const is = this.standingOf(name);
      if (this.standing.get(name)?.is === is) continue;
      this.standing.set(name, { is, sinceMs: now });
      // Where only one asks a target, whoever comes or goes moves some, and their failures are counted anew.
      if (this.votersMax === 1) this.troubleAtMs = now + settledWithinMs;
    }
    const standings = [...this.standing.values()];
    const isTrouble =
      standings.some(({ is }) => is === 'misled') ||
      !standings.some(({ is, sinceMs }) => is === 'seeing' && now - sinceMs > settledWithinMs);
    if (isTrouble) this.troubleAtMs = Math.max(this.troubleAtMs, now);
  }

  private standingOf(name: Name): Standing['is'] {
    const process = this.running.get(name)?.process;
    if (process === undefined || process.isAsleep || process.isCutOff) return 'away';
    return process.isBlind ? 'misled' : 'seeing';
  }
}

/** A checker that sees has heard the others and asked often enough by then. */
const settledWithinMs = 15_000;

/** The same numbers from the same seed (mulberry32). */
const seeded = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};
