import { changedServices, type Cluster, realServersOf } from '@evenkeel/cluster';
import { type RealServerId, type RealServerState, type VerdictState, type VirtualServiceId } from '@evenkeel/contracts';
import { type Picture } from '../picture.ts';
import { nobodyWarms, type Warming } from '../slow-start/warming.ts';
import { type Layer7ServiceState, layer7ServicesOf } from './desired.ts';

/** The services of layer 7, and those whose real servers or verdicts are not as they were at the last glance. */
export type Seen = {
  readonly states: readonly Layer7ServiceState[];
  readonly touched: ReadonlySet<VirtualServiceId>;
};

/**
 * Tells two pictures apart by identity. Where the cluster remembers the way from one to the other, only what was changed on
 * it is looked at. Else a collection that has changed is walked once against a plain map: looking up 15,000 ids in a
 * persistent one would hash every id anew.
 */
export class Glance {
  private before: Picture | undefined;
  private states: readonly Layer7ServiceState[] = [];
  private readonly realServers = new Map<RealServerId, RealServerState>();
  private verdicts: ReadonlyMap<RealServerId, VerdictState> = new Map();
  private warming = nobodyWarms;

  at(picture: Picture): Seen {
    const { cluster, verdicts, warming = nobodyWarms } = picture;
    const before = this.before?.cluster;
    const touched = new Set<VirtualServiceId>();
    if (before?.virtualServices !== cluster.virtualServices) this.states = layer7ServicesOf(cluster);
    const changed = before && changedServices(before, cluster);
    if (before !== undefined && changed !== undefined) this.follow(changed, before, cluster, touched);
    else this.compare(before, cluster, touched);
    if (this.verdicts !== verdicts) this.compareVerdicts(verdicts, touched);
    if (this.warming !== warming) this.compareWarming(warming, touched);
    this.before = picture;
    return { states: this.states, touched };
  }

  private follow(
    changed: ReadonlySet<VirtualServiceId>,
    before: Cluster,
    after: Cluster,
    touched: Set<VirtualServiceId>,
  ): void {
    for (const id of changed) {
      touched.add(id);
      for (const realServer of realServersOf(before, id)) this.realServers.delete(realServer.id);
      for (const realServer of realServersOf(after, id)) this.realServers.set(realServer.id, realServer);
    }
  }

  private compare(before: Cluster | undefined, after: Cluster, touched: Set<VirtualServiceId>): void {
    if (before?.members !== after.members) this.compareMembers(before, after, touched);
    if (before?.realServers !== after.realServers) this.compareRealServers(after, touched);
  }

  private compareMembers(before: Cluster | undefined, after: Cluster, touched: Set<VirtualServiceId>): void {
    for (const { id } of this.states) if (before?.members.get(id) !== after.members.get(id)) touched.add(id);
  }

  private compareRealServers({ realServers }: Cluster, touched: Set<VirtualServiceId>): void {
    realServers.forEach((state, id) => {
      if (this.realServers.get(id) === state) return;
      this.realServers.set(id, state);
      touched.add(state.virtualServiceId);
    });
    if (this.realServers.size === realServers.size) return;
    for (const id of this.realServers.keys()) if (!realServers.has(id)) this.realServers.delete(id);
  }

  private compareVerdicts(verdicts: Glance['verdicts'], touched: Set<VirtualServiceId>): void {
    for (const [id, { virtualServiceId }] of this.realServers) {
      if (this.verdicts.get(id) !== verdicts.get(id)) touched.add(virtualServiceId);
    }
    this.verdicts = verdicts;
  }

  private compareWarming(warming: Warming, touched: Set<VirtualServiceId>): void {
    for (const id of new Set([...this.warming.keys(), ...warming.keys()])) {
      const service = this.realServers.get(id)?.virtualServiceId; // of one that has left, the service is touched anyway
      if (service !== undefined && this.warming.get(id) !== warming.get(id)) touched.add(service);
    }
    this.warming = warming;
  }
}
