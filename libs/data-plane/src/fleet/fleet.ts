import type { Convergence, NodeConvergence, NodeName, NodeReport, Revision } from '@evenkeel/contracts';

/** The newest report of every node that was ever heard, with the time at which it was heard here. */
export type Fleet = ReadonlyMap<NodeName, { readonly report: NodeReport; readonly heardAtMs: number }>;

export const emptyFleet: Fleet = new Map();

/** Nodes report every second; one that misses this many milliseconds is silent and is not waited for. */
export const silentAfterMs = 4_000;
/** A node that has been silent for so long has left. */
const forgottenAfterMs = 24 * 3_600_000;

/** The fleet after `report`, heard at `nowMs` of the reader's own monotonic clock. Late news of the same run changes nothing. */
export const takeReport = (fleet: Fleet, report: NodeReport, nowMs: number): Fleet => {
  const known = fleet.get(report.node);
  const isLate = known !== undefined && known.report.run === report.run && report.sequence < known.report.sequence;
  if (isLate) return fleet;
  return new Map([...fleet, [report.node, { report, heardAtMs: nowMs }] as const]);
};

/** Without the nodes that left. */
export const forgetTheGone = (fleet: Fleet, nowMs: number): Fleet =>
  new Map([...fleet].filter(([, { heardAtMs }]) => nowMs - heardAtMs < forgottenAfterMs));

export const isSilent = (heardAtMs: number, nowMs: number): boolean => nowMs - heardAtMs > silentAfterMs;

/** Where every node is with `revision`: what each has seen, never what was sent. */
export const convergenceOf = (fleet: Fleet, revision: Revision, nowMs: number): Convergence => {
  const heard = [...fleet.values()].toSorted((a, b) => a.report.node.localeCompare(b.report.node));
  const nodes = heard
    .filter(({ heardAtMs }) => !isSilent(heardAtMs, nowMs))
    .map(({ report }) => nodeConvergence(report, revision));
  const silent = heard.filter(({ heardAtMs }) => isSilent(heardAtMs, nowMs)).map(({ report }) => report.node);
  return { revision, state: wholeState(nodes), nodes, silent };
};

const nodeConvergence = (report: NodeReport, revision: Revision): NodeConvergence => ({
  node: report.node,
  state: stateAt(report, revision),
  received: report.received,
  observed: report.observed,
  method: report.method,
  reloadReasons: report.reloadReasons,
  durationMs: report.durationMs,
  configurationHash: report.configurationHash,
  waitingFor: report.waitingFor,
  ...(report.rejection === undefined ? {} : { rejection: report.rejection }),
  layer4: report.layer4,
  reportedAt: report.time,
});

const stateAt = ({ observed, rejection }: NodeReport, revision: Revision): NodeConvergence['state'] => {
  if (observed >= revision) return 'converged';
  return rejection !== undefined && rejection.revision >= revision ? 'rejected' : 'pending';
};

const wholeState = (nodes: readonly NodeConvergence[]): Convergence['state'] => {
  if (nodes.some(({ state }) => state === 'rejected')) return 'rejected';
  return nodes.length > 0 && nodes.every(({ state }) => state === 'converged') ? 'converged' : 'pending';
};
