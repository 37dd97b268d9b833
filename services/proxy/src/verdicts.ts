import type { Cluster } from '@evenkeel/cluster';
import type { Clock } from '@evenkeel/kernel';
import { ownPlaces, Probes } from '@evenkeel/probes';
import { StandIn } from '@evenkeel/verdicts';
import type { BusLink } from './bus-link.ts';
import { checkersOn } from './checkers-on.ts';
import type { LastServed } from './last-good.ts';
import type { ProxySettings } from './settings.ts';

export type VerdictsParts = {
  readonly bus: Pick<BusLink, 'verdicts' | 'followVerdicts'>;
  readonly lastServed: LastServed | undefined;
  readonly settings: Pick<ProxySettings, 'verdictLeaseMs' | 'nats'>;
  readonly clock: Clock;
  /** Told of each failure of ours; nothing ends. */
  readonly onFailure: (failure: unknown) => void;
  /** Another verdict rules, or somebody else's. */
  readonly onChange: () => void;
};

/** The verdicts that this node goes by. Reads the bus, and real servers while the checkers are silent. */
export class Verdicts {
  private readonly probes: Probes;
  private readonly standIn: StandIn;

  constructor(private readonly parts: VerdictsParts) {
    const { bus, lastServed, settings, clock, onFailure, onChange } = parts;
    const probes = new Probes(clock, ownPlaces(settings.nats.servers));
    this.probes = probes;
    this.standIn = new StandIn(checkersOn(bus, lastServed), {
      leaseMs: settings.verdictLeaseMs,
      wereSilent: lastServed?.wereSilent ?? false,
      probe: (check, target) => probes.probe(check, target),
      clock,
      random: Math.random,
      onFailure,
      onChange,
    });
  }

  get now(): Pick<StandIn, 'states' | 'word' | 'ruling'> {
    return this.standIn;
  }

  /** Reads until the connection ends; may be called again then. Throws the client's errors. */
  follow(): Promise<void> {
    const { bus, onChange } = this.parts;
    return bus.followVerdicts(onChange, (checker, atMs) => this.standIn.heard(checker, atMs));
  }

  /** Call about every second. */
  look(cluster: Cluster | undefined): void {
    this.standIn.look(cluster);
  }

  stop(): void {
    this.standIn.stop();
    this.probes.close();
  }
}
