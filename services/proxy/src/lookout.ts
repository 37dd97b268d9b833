import { type Cluster, emptyCluster } from '@evenkeel/cluster';
import type { Layer4Ability, NodeName, NodeReport, NodeSample } from '@evenkeel/contracts';
import {
  connectionsIn,
  type BothFamilies,
  familyOf,
  layer4Counts,
  layer4ServicesOf,
  layer7Counts,
  type ProcessStatistics,
} from '@evenkeel/data-plane';
import type { HaproxyDoor, HaproxyProcess } from '@evenkeel/haproxy';
import type { Clock } from '@evenkeel/kernel';
import type { KernelNftables } from '@evenkeel/nftables';
import { DrainWatch } from './drain-watch.ts';
import { oldProcesses } from './old-processes.ts';

export type LookoutParts = {
  readonly node: NodeName;
  readonly haproxy: HaproxyProcess;
  readonly door: HaproxyDoor;
  /** One for each family. */
  readonly kernels: readonly KernelNftables[];
  readonly layer4: BothFamilies;
  /** Told of what HAProxy has counted. Safe to repeat. */
  readonly onCounted: (statistics: readonly ProcessStatistics[]) => void;
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
    const [ability, status] = await Promise.all([parts.layer4.canServe(), statusOf(parts, [])]);
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
    const { node, door, kernels, layer4, clock, onCounted } = this.parts;
    const [ability, statistics] = await Promise.all([layer4.canServe(), door.statistics()]);
    onCounted(statistics);
    [this.ability, this.status] = [ability, await statusOf(this.parts, statistics)];
    // The kernel is asked by a process of its own: not where it carries nothing of ours.
    const carried = new Set(this.ability.state === 'able' ? layer4ServicesOf(cluster).map(familyOf) : []);
    const layer7 = layer7Counts(cluster, connectionsIn(statistics));
    const counts = [{ ...layer7, realServers: await this.drains.dated(cluster, layer7.realServers) }];
    if (carried.size > 0) {
      const asked = kernels.filter(({ family }) => carried.has(family));
      counts.push(layer4Counts(cluster, (await Promise.all(asked.map((kernel) => kernel.connections()))).flat()));
    }
    return {
      node,
      time: new Date(clock.nowMs()).toISOString(),
      services: counts.flatMap(({ services }) => services),
      realServers: counts.flatMap(({ realServers }) => realServers),
    };
  }
}

const statusOf = async (
  { haproxy, door }: LookoutParts,
  statistics: readonly ProcessStatistics[],
): Promise<NodeReport['haproxy']> => {
  const status = await haproxy.status();
  if (status === undefined) return undefined;
  const { old, ...about } = status;
  const addsCookies = door.knowsCookies(about.version);
  return { ...about, ...oldProcesses(old, statistics), ...(addsCookies === undefined ? {} : { addsCookies }) };
};
