import { type Cluster, emptyCluster } from '@evenkeel/cluster';
import type { Layer4Ability, NodeName, NodeReport, NodeSample } from '@evenkeel/contracts';
import { type Layer4Engine, layer4Counts, layer4ServicesOf, layer7Counts } from '@evenkeel/data-plane';
import type { HaproxyDoor, HaproxyProcess } from '@evenkeel/haproxy';
import type { Clock } from '@evenkeel/kernel';
import type { KernelNftables } from '@evenkeel/nftables';
import { DrainWatch } from './drain-watch.ts';

export type LookoutParts = {
  readonly node: NodeName;
  readonly haproxy: HaproxyProcess;
  readonly door: HaproxyDoor;
  readonly kernel: KernelNftables;
  readonly layer4: Layer4Engine;
  readonly clock: Clock;
};

/** Looks at the engines now and then, so that a report costs no question of its own. */
export class Lookout {
  private readonly drains: DrainWatch;

  private constructor(
    private readonly parts: LookoutParts,
    private ability: Layer4Ability,
    private status: NodeReport['haproxy'],
  ) {
    this.drains = new DrainWatch(() => parts.door.oldestSessions(), parts.clock);
  }

  static async open(parts: LookoutParts): Promise<Lookout> {
    const [ability, status] = await Promise.all([parts.layer4.canServe(), statusOf(parts)]);
    return new Lookout(parts, ability, status);
  }

  /** Whether this node can serve layer 4. */
  get layer4(): Layer4Ability {
    return this.ability;
  }

  /** Undefined while no HAProxy runs. */
  get haproxy(): NodeReport['haproxy'] {
    return this.status;
  }

  /** Looks again, and counts open connections; a layer that cannot be counted is left out. Throws what the doors throw. */
  async look(cluster: Cluster = emptyCluster): Promise<NodeSample> {
    const { node, door, kernel, layer4, clock } = this.parts;
    [this.ability, this.status] = await Promise.all([layer4.canServe(), statusOf(this.parts)]);
    // The kernel is asked by a process of its own: not where it carries nothing of ours.
    const carriesLayer4 = this.ability.state === 'able' && layer4ServicesOf(cluster).length > 0;
    const [connections, paths] = await Promise.all([door.connections(), carriesLayer4 ? kernel.connections() : []]);
    const layer7 = layer7Counts(cluster, connections);
    const counts = [{ ...layer7, realServers: await this.drains.dated(cluster, layer7.realServers) }];
    if (carriesLayer4) counts.push(layer4Counts(cluster, paths));
    return {
      node,
      time: new Date(clock.nowMs()).toISOString(),
      services: counts.flatMap(({ services }) => services),
      realServers: counts.flatMap(({ realServers }) => realServers),
    };
  }
}

const statusOf = async ({ haproxy, door }: LookoutParts): Promise<NodeReport['haproxy']> => {
  const status = await haproxy.status();
  const addsCookies = status && door.knowsCookies(status.version);
  return status && { ...status, ...(addsCookies === undefined ? {} : { addsCookies }) };
};
