import { type CertificateState } from '@evenkeel/contracts';
import { type Engine, type EngineRound, type EngineSweep } from '../engine.ts';
import { type Picture } from '../picture.ts';
import { type Certificates } from './certificates.ts';
import { shownCertificates } from './shown-certificates.ts';

/**
 * HAProxy with its certificates: files come before the configuration that names them, and what runs is replaced after it.
 * A reload reads the files, so what it brings needs no replacement.
 */
export class CertificateEngine implements Engine {
  readonly name = 'haproxy';
  /** As they were last seen running. */
  private seen: ReadonlyMap<string, CertificateState> = new Map();
  private shown: { readonly of: Picture['cluster']; readonly states: readonly CertificateState[] } | undefined;

  constructor(
    private readonly inner: Engine,
    private readonly certificates: Certificates,
  ) {}

  async converge(picture: Picture): Promise<EngineRound> {
    const lacking = await this.certificates.hold(picture.cluster.certificates);
    return this.replaced(picture, lacking, await this.inner.converge(picture), []);
  }

  async sweep(picture: Picture): Promise<EngineSweep> {
    const before = this.seen;
    this.seen = new Map();
    const lacking = await this.certificates.hold(picture.cluster.certificates);
    const { repairs, convergence } = await this.inner.sweep(picture);
    const found: string[] = [];
    const round = await this.replaced(picture, lacking, convergence, found);
    const drifted = found.filter((name) => before.get(name) === picture.cluster.certificates.get(name));
    return {
      repairs: [...repairs, ...drifted.map((name) => `HAProxy ran another certificate than ${name}`)],
      convergence: round,
    };
  }

  /** `found`: takes the names of those that ran in another version. */
  private async replaced(
    { cluster }: Picture,
    lacking: ReadonlyMap<string, string>,
    round: EngineRound,
    found: string[],
  ): Promise<EngineRound> {
    const shown = this.shownIn(cluster);
    if (round.method === 'reload' || round.method === 'start') this.seen = new Map();
    const open = shown.filter((state) => !lacking.has(state.name) && this.seen.get(state.name) !== state);
    const waitingFor = shown.flatMap(({ name }) => lacking.get(name) ?? []);
    if (open.length === 0) return { ...round, waitingFor: [...round.waitingFor, ...waitingFor] };
    const outcome = await this.bringUp(open, found);
    const method = round.method === 'none' && outcome.hasActed ? 'runtime' : round.method;
    const words = [...round.waitingFor, ...waitingFor, ...outcome.waitingFor];
    const rejection = round.rejection ?? outcome.rejection;
    return { ...round, method, waitingFor: words, ...(rejection === undefined ? {} : { rejection }) };
  }

  /** Reading all services is for when they, or the certificates, have changed. */
  private shownIn(cluster: Picture['cluster']): readonly CertificateState[] {
    const before = this.shown?.of;
    const isSame = before?.virtualServices === cluster.virtualServices && before.certificates === cluster.certificates;
    if (this.shown === undefined || !isSame) this.shown = { of: cluster, states: shownCertificates(cluster) };
    return this.shown.states;
  }

  private async bringUp(open: readonly CertificateState[], found: string[]): Promise<Outcome> {
    const names = open.map(({ name }) => name);
    const running = await this.certificates.running(names);
    if (running === undefined) return { hasActed: false, waitingFor: [] }; // that HAProxy does not run is said already
    const others = open.filter(({ name, facts }) => running.get(name) !== facts.fingerprintSha1);
    // A new chain of the same certificate cannot be seen from outside.
    const chains = open.filter((state) => !others.includes(state) && this.isAnotherChain(state));
    found.push(...others.map(({ name }) => name));
    const refusals = new Map<string, string>();
    for (const { name } of [...others, ...chains]) {
      // One that HAProxy does not know is in a configuration that it does not run yet.
      const words = running.has(name) ? await this.certificates.replace(name) : undefined;
      if (words !== undefined) refusals.set(name, words);
    }
    const after = others.length === 0 ? running : ((await this.certificates.running(names)) ?? running);
    const done = open.filter(({ name, facts }) => after.get(name) === facts.fingerprintSha1 && !refusals.has(name));
    this.seen = new Map([...this.seen, ...done.map((state) => [state.name, state] as const)]);
    const [rejection] = [...refusals].map(([name, words]) => `certificate ${name}: ${words}`);
    return {
      hasActed: others.length + chains.length > 0,
      waitingFor: open
        .filter((state) => !done.includes(state))
        .map(({ name }) => `HAProxy does not run certificate ${name} yet`),
      ...(rejection === undefined ? {} : { rejection }),
    };
  }

  private isAnotherChain({ name, facts }: CertificateState): boolean {
    const known = this.seen.get(name);
    return known !== undefined && known.facts.material !== facts.material;
  }
}

type Outcome = {
  readonly hasActed: boolean;
  readonly waitingFor: readonly string[];
  readonly rejection?: string;
};
