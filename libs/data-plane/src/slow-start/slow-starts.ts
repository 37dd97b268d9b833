import { type Cluster, comersIn, realServersOf, type Said, slowStartMs, warmthAt } from '@evenkeel/cluster';
import {
  type BalancedService,
  isHttpsRedirect,
  type RealServerId,
  type VerdictState,
  type VirtualServiceState,
} from '@evenkeel/contracts';
import { nobodyWarms, type Warming } from './warming.ts';

type Slow = VirtualServiceState & { readonly spec: BalancedService };
/** Somebody who came at `cameMs`, which counts from `fromMs` on. */
type Comer = { readonly cameMs: number; fromMs: number; readonly slowMs: number };

/**
 * Who warms, and how far. Looks at the services when the book or a verdict has changed; between that a look costs what is
 * still warming.
 */
export class SlowStarts {
  private seen: { readonly cluster: Cluster; readonly verdicts: ReadonlyMap<RealServerId, VerdictState> } | undefined;
  private services: readonly Slow[] = [];
  private comers: ReadonlyMap<RealServerId, Comer> = new Map();
  private warming = nobodyWarms;

  /** The same map while nothing of it has changed. `nowMs`: wall clock, like the times that it is compared with. */
  at(
    cluster: Cluster,
    verdicts: ReadonlyMap<RealServerId, VerdictState>,
    backSinceOf: Said['backSinceOf'],
    nowMs: number,
  ): Warming {
    if (this.seen?.cluster !== cluster || this.seen.verdicts !== verdicts) {
      if (this.seen?.cluster.virtualServices !== cluster.virtualServices) this.services = slowServicesOf(cluster);
      this.comers = this.look(cluster, { verdictOf: (id) => verdicts.get(id), backSinceOf }, nowMs);
      this.seen = { cluster, verdicts };
    }
    const warming = [...this.comers].flatMap(([id, comer]) => {
      comer.fromMs = Math.min(comer.fromMs, nowMs); // our clock may have stepped back meanwhile
      const percent = warmthAt(comer.fromMs, nowMs, comer.slowMs);
      return percent === 100 ? [] : [[id, percent] as const];
    });
    const isSame = warming.length === this.warming.size && warming.every(([id, at]) => this.warming.get(id) === at);
    return isSame ? this.warming : (this.warming = new Map(warming));
  }

  private look(cluster: Cluster, said: Said, nowMs: number): ReadonlyMap<RealServerId, Comer> {
    const comers = new Map<RealServerId, Comer>();
    for (const { id, spec } of this.services) {
      const slowMs = slowStartMs(spec);
      for (const [realServer, cameMs] of comersIn(spec, realServersOf(cluster, id), said)) {
        const known = this.comers.get(realServer);
        // Whose clock is ahead of ours has seen it in what is our future: it is not spared longer for that.
        const fromMs = known?.cameMs === cameMs ? known.fromMs : Math.min(cameMs, nowMs);
        // One that seems to come yet would be taken for new again by the next look, if this one forgot it.
        const isOfInterest = cameMs > nowMs || warmthAt(fromMs, nowMs, slowMs) < 100;
        if (isOfInterest) comers.set(realServer, { cameMs, fromMs, slowMs });
      }
    }
    return comers;
  }
}

const slowServicesOf = ({ virtualServices }: Cluster): readonly Slow[] =>
  [...virtualServices.values()].filter(
    (service): service is Slow => !isHttpsRedirect(service.spec) && slowStartMs(service.spec) > 0,
  );
