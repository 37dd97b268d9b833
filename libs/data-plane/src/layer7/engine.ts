import { type Hash, type IntentState } from '@evenkeel/contracts';
import { type Engine, type EngineRound, type EngineSweep } from '../engine.ts';
import { type Picture } from '../picture.ts';
import { diffServices, isForgetting } from './diff.ts';
import { type Difference } from './difference.ts';
import { driftFrom } from './drift.ts';
import { type Haproxy, HaproxyRefused, type Replacement } from './haproxy.ts';
import { finishingIn, groundOf } from './membership.ts';
import { causeOf, type ReloadCause, type ReloadReason, reasonsToReload } from './reload-reasons.ts';
import { type RunningLayer7, type RunningServer } from './running.ts';
import { type ReloadPace, withoutPause } from './reload-pace.ts';
import { filesOf, Layer7Wishes, type WantedLayer7, type WantedService } from './wanted.ts';

/** One reload or start: what came of it, and what it was for. */
export type Reload = { readonly result: 'applied' | 'rejected' | 'failed'; readonly cause: ReloadCause };

/** Makes one HAProxy match one picture after another. One call at a time. */
export class Layer7Engine implements Engine {
  readonly name = 'haproxy';
  private readonly wishes: Layer7Wishes;
  /** As seen last; undefined when nobody knows, or when none was running. */
  private running: Running | undefined;
  private settled: { readonly wanted: WantedLayer7; readonly round: EngineRound } | undefined;
  /** What was wanted when it was last seen running: to say what a reload is for. */
  private served: WantedLayer7 | undefined;
  private rejected: { readonly name: string; readonly words: string } | undefined;
  /** By service: see `finishingIn`. */
  private readonly finishing = new Map<string, readonly string[]>();
  /** What HAProxy said in this round when it was asked to add a server. */
  private refusal: string | undefined;
  /** Whether this round left a reload for later: what was seen stays true meanwhile. */
  private isGathering = false;
  /** Wishes whose deed is done: see `diff.ts`. Forgotten with this process: a deed that is done again does no harm. */
  private readonly done = new WeakSet<IntentState>();

  /** `hash`: SHA-256. `onReload` is told of each, also of one that came to nothing. */
  constructor(
    private readonly haproxy: Haproxy,
    hash: (text: string) => Hash,
    private readonly onReload: (reload: Reload) => void = () => undefined,
    private readonly pace: ReloadPace = withoutPause,
  ) {
    this.wishes = new Layer7Wishes(hash);
  }

  /**
   * One round, safe to repeat: the Runtime API where it can, one reload where it must. A refused configuration is an
   * answer and is not tried again before it changes or a sweep comes; whatever can be done without it is done.
   */
  async converge(picture: Picture): Promise<EngineRound> {
    const { wanted, changed } = this.wishes.of(picture);
    const before = this.isKnown() ? this.settled : undefined;
    if (before?.wanted === wanted) return { ...before.round, method: 'none', reloadReasons: [] };
    this.settled = undefined; // until this round has come to a good end
    const round = await this.close(wanted, before === undefined ? wanted.services : changed);
    // What is still open is looked at again from the ground up.
    if (round.waitingFor.length === 0) this.settled = { wanted, round };
    else if (!this.isGathering) this.running = undefined;
    return round;
  }

  async sweep(picture: Picture): Promise<EngineSweep> {
    const before = this.settled;
    this.settled = undefined;
    await this.look();
    const isDrift = before !== undefined && this.rejected === undefined;
    const repairs = isDrift ? driftFrom(before.wanted, this.running) : [];
    this.rejected = undefined; // what was in its way may be gone
    this.forgetAgain(before?.wanted.services ?? []);
    return { repairs, convergence: await this.converge(picture) };
  }

  /** A request that was on its way when the table was cleared is learned again with its answer (tried on 2.6.12). */
  private forgetAgain(services: readonly WantedService[]): void {
    for (const { desired } of services)
      for (const { intent } of desired.servers) if (isForgetting(intent)) this.done.delete(intent);
  }

  private isKnown(): boolean {
    return this.running !== undefined && this.running.incarnation === this.haproxy.incarnation;
  }

  private async look(): Promise<void> {
    this.running = undefined;
    const { incarnation } = this.haproxy;
    const seen = await this.haproxy.observe();
    if (seen !== undefined && incarnation === this.haproxy.incarnation) this.take(seen);
  }

  private take({ services, ...seen }: RunningLayer7): void {
    this.running = { ...seen, services: new Map(services), incarnation: this.haproxy.incarnation };
    this.finishing.clear();
  }

  /**
   * After a refused command once more, all of it: somebody else may have changed HAProxy since we looked. A server that it
   * would not add, for whatever reason, comes with a reload then.
   */
  private async close(wanted: WantedLayer7, news: readonly WantedService[]): Promise<EngineRound> {
    this.refusal = undefined;
    this.isGathering = false;
    try {
      return await this.closeOnce(wanted, news);
    } catch (failure) {
      this.running = undefined; // nobody knows how far it came
      if (!(failure instanceof HaproxyRefused)) throw failure;
      if (failure.step.kind === 'add-server') this.refusal = failure.message;
      return this.closeOnce(wanted, wanted.services);
    }
  }

  private async closeOnce(wanted: WantedLayer7, news: readonly WantedService[]): Promise<EngineRound> {
    const isKnown = this.isKnown();
    if (!isKnown) await this.look();
    const scope = isKnown ? news : wanted.services;
    const { running, served, refusal } = this;
    const reasons = reasonsToReload({ wanted, scope, running, served, refusal });
    if (reasons.length === 0) this.rejected = undefined;
    const isUseless = this.rejected?.name === wanted.name;
    if (reasons.length === 0 || isUseless) return this.adjust(wanted, scope, nothingDone(wanted));
    const waitMs = running === undefined ? 0 : this.pace.waitMs(wanted.name);
    return waitMs === 0 ? this.restructure(wanted, reasons) : this.gather(wanted, reasons, waitMs);
  }

  /** Everything but the reload, which waits for others that may come with it. */
  private async gather(wanted: WantedLayer7, reasons: readonly ReloadReason[], waitMs: number): Promise<EngineRound> {
    const round = await this.adjust(wanted, wanted.services, nothingDone(wanted));
    this.isGathering = true;
    const reload = `a reload within ${Math.ceil(waitMs)} ms, together with what comes until then`;
    return { ...round, waitingFor: [reload, ...reasons.map(({ words }) => words)] };
  }

  private async restructure(wanted: WantedLayer7, reasons: readonly ReloadReason[]): Promise<EngineRound> {
    const answer = await this.replace(wanted, causeOf(reasons));
    if (answer.kind === 'refused') {
      this.rejected = { name: wanted.name, words: answer.words };
      await this.look();
      return this.adjust(wanted, wanted.services, nothingDone(wanted));
    }
    this.rejected = undefined;
    this.take(answer.running);
    const change = { method: answer.method, reloadReasons: reasons.map(({ words }) => words) };
    const round = await this.adjust(wanted, wanted.services, { ...nothingDone(wanted), ...change });
    this.noteLimits(wanted);
    return round;
  }

  /** Nobody asked the new worker for its limits, and the next change is compared with them: they are those of its file. */
  private noteLimits({ services }: WantedLayer7): void {
    for (const { desired } of services) {
      const limits = new Map(desired.servers.map(({ name, maxConnections }) => [name, maxConnections]));
      const servers = this.running?.services.get(desired.name) ?? new Map<string, RunningServer>();
      const known = [...servers].map(
        ([name, server]) => [name, { ...server, maxConnections: server.maxConnections ?? limits.get(name) }] as const,
      );
      this.running?.services.set(desired.name, new Map(known));
    }
  }

  private async replace(wanted: WantedLayer7, cause: ReloadCause): Promise<Replacement> {
    let result: Reload['result'] = 'failed';
    try {
      const answer = await this.haproxy.replace(filesOf(wanted));
      result = answer.kind === 'refused' ? 'rejected' : 'applied';
      if (answer.kind === 'replaced' && answer.method === 'reload') this.pace.reloaded(); // a start leaves nothing behind
      return answer;
    } finally {
      this.onReload({ result, cause });
    }
  }

  /** Everything that needs no reload. Beside a refused structure: for the servers that are in what runs. */
  private async adjust(
    wanted: WantedLayer7,
    scope: readonly WantedService[],
    round: EngineRound,
  ): Promise<EngineRound> {
    const { running, rejected } = this;
    const rejection = rejected === undefined ? {} : { rejection: rejected.words };
    if (running === undefined) {
      return { ...round, ...rejection, waitingFor: rejected === undefined ? ['HAProxy does not run'] : [] };
    }
    const { hasActed, left } = await this.act(wanted, scope, running);
    this.noteFinishing(scope, running);
    if (rejected === undefined && running.structure === wanted.structure) {
      this.served = wanted;
      if (round.method === 'none' && scope.length > 0) this.haproxy.keep(() => filesOf(wanted));
    }
    const method = round.method === 'none' && hasActed ? 'runtime' : round.method;
    const waitingFor = this.openIn(left, running.structure === wanted.structure);
    return { ...round, ...rejection, method, waitingFor, finishing: [...this.finishing.values()].flat() };
  }

  private noteFinishing(scope: readonly WantedService[], running: Running): void {
    for (const { desired } of scope) {
      const names = finishingIn(desired, running.services.get(desired.name));
      if (names.length === 0) this.finishing.delete(desired.name);
      else this.finishing.set(desired.name, names);
    }
  }

  /** Does what there is to do, looks at what it has touched, and says what is left. */
  private async act(wanted: WantedLayer7, scope: readonly WantedService[], running: Running): Promise<Acted> {
    let left = this.differenceOf(wanted, scope, running);
    const hasActed = left.steps.length > 0;
    // Twice at the most: the look after the first time may show what somebody else had changed.
    for (let round = 1; round <= 2 && left.steps.length > 0; round += 1) {
      const touched = new Set(left.steps.map(({ service }) => service));
      const seen = await this.haproxy.apply(left.steps, [...touched]);
      for (const name of touched) running.services.set(name, seen.get(name) ?? new Map<string, RunningServer>());
      this.rememberDeeds(scope);
      left = this.differenceOf(wanted, scope, running);
    }
    this.rememberDeeds(scope);
    return { hasActed, left };
  }

  private rememberDeeds(scope: readonly WantedService[]): void {
    for (const { desired } of scope) for (const { intent } of desired.servers) this.done.add(intent);
  }

  private openIn({ open, misfits }: Difference, isStructureServed: boolean): readonly string[] {
    if (this.rejected !== undefined) return open.filter((words) => !misfits.includes(words));
    return isStructureServed ? open : ['HAProxy runs another configuration'];
  }

  private differenceOf({ structure }: WantedLayer7, scope: readonly WantedService[], running: Running): Difference {
    return diffServices(
      scope.map(({ desired }) => desired),
      groundOf(running, structure, this.refusal),
      (wish) => this.done.has(wish),
    );
  }
}

type Acted = { readonly hasActed: boolean; readonly left: Difference };

/** One worker as seen last. Ours alone: what is read back after a step replaces what was seen before it. */
type Running = Omit<RunningLayer7, 'services'> & {
  readonly incarnation: number;
  readonly services: Map<string, ReadonlyMap<string, RunningServer>>;
};

const nothingDone = ({ pieces }: WantedLayer7): EngineRound => ({
  method: 'none',
  reloadReasons: [],
  waitingFor: [],
  configuration: pieces,
});
