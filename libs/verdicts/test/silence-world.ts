import { fromSnapshot } from '@evenkeel/cluster';
import type { ProbeResult, ProbingCheck, RealServerId, Verdict, VerdictState } from '@evenkeel/contracts';
import { aRealServer, aSnapshot, aVirtualService, ManualClock, virtualServiceId } from '@evenkeel/testing';
import { lastWordOf, Prober, StandIn, type Target, targetsOf, type VerdictStore } from '../src/index.ts';

export const machines = ['192.168.85.200', '192.168.85.201', '192.168.85.202'] as const;
type Machine = (typeof machines)[number];
/** A hung machine accepts connections and answers nothing. */
export type Condition = 'well' | 'hung' | 'dead';

const pace = { rise: 2, fall: 3 };
const services = [
  aVirtualService({ number: 1, spec: { label: 'MWL', ports: [204], healthCheck: { kind: 'connect', ...pace } } }),
  aVirtualService({ number: 2, spec: { healthCheck: { kind: 'dicom-echo', interval: '5s', ...pace } } }),
];
/** Every machine behind a service that is asked for a connection, and behind one that is asked for a C-ECHO. */
const cluster = fromSnapshot(
  aSnapshot(
    services,
    machines.flatMap((address, index) =>
      services.map(({ id, number }) =>
        aRealServer({ number: 10 * number + index, virtualServiceId: id, spec: { label: `PACS${index}`, address } }),
      ),
    ),
  ),
);
export const servers = [...cluster.realServers.values()].map(({ id, virtualServiceId: service, spec }) => {
  const isAskedDeeply = service === virtualServiceId(2);
  const machine = spec.address as Machine;
  return { id, machine, isAskedDeeply, place: `${machine}:${isAskedDeeply ? 104 : 204}` };
});
type Server = (typeof servers)[number];
type States = ReadonlyMap<RealServerId, VerdictState>;

/** A checker that runs has judged whatever is older than this. */
const judgedWithinMs = 60_000;
const checkerName = 'health-1';

/** Machines that break, a checker that comes and goes, its bucket, a link that fails, and one worker behind it. */
export class SilenceWorld {
  /** What a worker must not do and did, in words. */
  readonly faults: string[] = [];
  /** How often the worker was left alone, and how often its own checks changed something. */
  silences = 0;
  overruled = 0;
  private readonly clock = new ManualClock();
  private readonly conditions = new Map<Machine, { readonly is: Condition; readonly sinceMs: number }>(
    machines.map((machine) => [machine, { is: 'well', sinceMs: 0 }]),
  );
  private readonly bucket = new Map<RealServerId, Verdict>();
  private lastBeat: number | undefined;
  private checker: Prober | undefined;
  private isLinked = true;
  private heard: ReadonlyMap<RealServerId, Verdict> = new Map();
  private heardStates: States = new Map();
  /** Outcomes of the worker's own questions in this silence, newest last, by place. */
  private readonly answers = new Map<string, ProbeResult['outcome'][]>();
  /** Hung, as far as anybody knew when the checkers fell silent. */
  private hung: ReadonlySet<RealServerId> = new Set();
  private before: { readonly by: string; readonly states: States } = { by: 'health', states: new Map() };
  private readonly standIn = new StandIn(
    { states: () => this.heardStates, word: (id) => this.wordOf(id) },
    {
      leaseMs: 10_000,
      wereSilent: false,
      probe: (check, target) => this.ownProbe(check, target),
      clock: this.clock,
      random: () => 0.3,
      onFailure: (failure) => this.faults.push(String(failure)),
      onChange: () => this.examine(),
    },
  );

  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      await this.clock.advance(1_000);
      this.standIn.look(cluster);
      this.examine();
    }
  }

  becomes(machine: Machine, is: Condition): void {
    if (this.conditions.get(machine)?.is === is) return;
    this.conditions.set(machine, { is, sinceMs: this.clock.monotonicMs() });
  }

  startChecker(): void {
    if (this.checker !== undefined) return;
    const options = { checker: checkerName, probesMax: 100, refreshMs: 10_000, onFailure: () => undefined };
    const store = this.storeOf(() => this.checker === prober);
    const prober = new Prober(
      (check, target) => this.answer(check, target),
      store,
      options,
      this.clock,
      () => 0.7,
    );
    this.checker = prober;
    prober.adopt([...this.bucket.values()], new Map([[checkerName, this.lastBeat ?? 0]]));
    void prober.run();
    prober.want(targetsOf(cluster));
  }

  stopChecker(): void {
    this.checker?.stop();
    this.checker = undefined;
  }

  breakLink(): void {
    this.isLinked = false;
  }

  /** Everything in the bucket is read again, the stored beat last. */
  mendLink(): void {
    if (this.isLinked) return;
    this.isLinked = true;
    this.read();
    if (this.lastBeat !== undefined) this.standIn.heard(checkerName, this.lastBeat);
  }

  end(): void {
    this.stopChecker();
    this.standIn.stop();
  }

  /** Servers that the worker uses and should not, or does not use and could. */
  wronglyJudged(): readonly Server[] {
    return servers.filter((server) => (this.standIn.states().get(server.id) === 'up') !== this.isWell(server));
  }

  private isWell({ machine, isAskedDeeply }: Server): boolean {
    const is = this.conditions.get(machine)?.is;
    return is === 'well' || (is === 'hung' && !isAskedDeeply);
  }

  /** A stopped checker's last words get nowhere. */
  private storeOf(isRunning: () => boolean): VerdictStore {
    const whileRunning = (change: () => void): Promise<void> => {
      if (isRunning()) change();
      if (this.isLinked) this.read();
      return Promise.resolve();
    };
    return {
      put: (verdict) => whileRunning(() => this.bucket.set(verdict.realServerId, verdict)),
      delete: (id) => whileRunning(() => this.bucket.delete(id)),
      beat: (checker, atMs) =>
        whileRunning(() => {
          this.lastBeat = atMs;
          if (this.isLinked) this.standIn.heard(checker, atMs);
        }),
    };
  }

  /** What the worker's mirror does. */
  private read(): void {
    this.heard = new Map(this.bucket);
    const states = new Map([...this.heard].map(([id, { state }]) => [id, state]));
    const isSame =
      states.size === this.heardStates.size && [...states].every(([id, state]) => this.heardStates.get(id) === state);
    if (!isSame) this.heardStates = states;
    this.examine();
  }

  private wordOf(id: RealServerId) {
    const verdict = this.heard.get(id);
    return verdict === undefined ? undefined : lastWordOf(verdict);
  }

  private answer({ kind }: ProbingCheck, { address }: Target): Promise<ProbeResult> {
    const is = this.conditions.get(address as Machine)?.is;
    const common = { latencyMs: 1, at: new Date(this.clock.nowMs()).toISOString() };
    const failed = (reason: ProbeResult['reason']) =>
      Promise.resolve({ ...common, outcome: 'failed', reason, detail: reason } as const);
    if (is === 'dead') return failed('connect-refused');
    if (is === 'hung' && kind === 'dicom-echo') return failed('dicom-timeout');
    return Promise.resolve({ ...common, outcome: 'passed', reason: 'check-passed', detail: 'well' });
  }

  private async ownProbe(check: ProbingCheck, target: Target): Promise<ProbeResult> {
    if (this.standIn.ruling().by === 'health') this.faults.push('asked while the checkers spoke');
    const result = await this.answer(check, target);
    const place = `${target.address}:${target.port}`;
    this.answers.set(place, [...(this.answers.get(place) ?? []), result.outcome]);
    return result;
  }

  /** Whatever has just changed must have been allowed to. */
  private examine(): void {
    const { before } = this;
    const now = { by: this.standIn.ruling().by, states: this.standIn.states() };
    this.before = now;
    if (now.by === 'health') {
      if (now.states !== this.heardStates) this.faults.push('other verdicts than those of the checkers rule');
      if (before.by === 'own-checks') this.examineReturn(before.states);
      return;
    }
    if (before.by === 'health') this.beginSilence();
    for (const server of servers) {
      const [was, is] = [before.states, now.states].map((states) => states.get(server.id) ?? 'unknown');
      if (was !== is) this.examineOverruled(server, `${was} to ${is}`);
    }
  }

  private beginSilence(): void {
    this.silences += 1;
    this.answers.clear();
    const hung = servers.filter(({ id }) => {
      const word = this.wordOf(id);
      return word?.state === 'down' && word.reason === 'dicom-timeout';
    });
    this.hung = new Set(hung.map(({ id }) => id));
  }

  private examineOverruled({ id, place }: Server, change: string): void {
    this.overruled += 1;
    const answers = this.answers.get(place) ?? [];
    const endsWith = (count: number, outcome: string): boolean =>
      answers.length >= count && answers.slice(-count).every((one) => one === outcome);
    const proofs: Readonly<Record<string, boolean>> = {
      'up to down': endsWith(pace.fall, 'failed'),
      'unknown to down': endsWith(pace.fall, 'failed'),
      'down to up': endsWith(pace.rise, 'passed') && !this.hung.has(id),
      'down to unknown': endsWith(pace.rise, 'passed'), // nobody had judged it before our checks took it out
    };
    if (proofs[change] !== true) this.faults.push(`${id} went from ${change} after ${answers.slice(-5).join(' ')}`);
  }

  /** No flapping: where a machine has long been as it is, the checkers' first word is the truth. */
  private examineReturn(states: States): void {
    for (const server of servers) {
      const sinceMs = this.conditions.get(server.machine)?.sinceMs ?? 0;
      if (this.clock.monotonicMs() - sinceMs < judgedWithinMs) continue;
      const [was, is] = [states, this.standIn.states()].map((all) => all.get(server.id));
      if ((is === 'down') === this.isWell(server)) this.faults.push(`${server.id} returned from ${was} to ${is}`);
    }
  }
}
