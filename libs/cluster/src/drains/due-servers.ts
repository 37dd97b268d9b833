import type { RealServerState } from '@evenkeel/contracts';
import type { Cluster } from '../state/cluster.ts';

/** Real servers whose order says a time, and which of them it has come for. */
export class DueServers {
  private known: { readonly from: Cluster['realServers']; readonly dated: readonly RealServerState[] } | undefined;

  constructor(private readonly timeOf: (realServer: RealServerState) => string | undefined) {}

  /** The whole cluster is looked through only when a real server has changed. */
  at({ realServers }: Cluster, nowMs: number): readonly RealServerState[] {
    if (this.known?.from !== realServers) {
      const dated = [...realServers.values()].filter((realServer) => this.timeOf(realServer) !== undefined);
      this.known = { from: realServers, dated };
    }
    return this.known.dated.filter((realServer) => Date.parse(this.timeOf(realServer) ?? '') <= nowMs);
  }
}

/** `drain ordered in revision 14 by jmeyer`. */
export const orderOf = ({ intent, intentRevision, intentBy }: RealServerState): string => {
  const order = intentRevision === undefined ? '' : ` in revision ${intentRevision}`;
  return `${intent.intent} ordered${order} by ${intentBy}`;
};
