import type { Applied, Convergence, NodeConvergence, NodeName, NodeReport, Revision } from '@evenkeel/contracts';

/** `applied`: how the last revisions came to run, oldest first, as far as reports have told. */
export type HeardNode = {
  readonly report: NodeReport;
  readonly heardAtMs: number;
  readonly applied: readonly Applied[];
};

/** The newest report of every node that was ever heard, with the time at which it was heard here. */
export type Fleet = ReadonlyMap<NodeName, HeardNode>;

export const emptyFleet: Fleet = new Map();

/** Nodes report every second; one that misses this many milliseconds is silent and is not waited for. */
export const silentAfterMs = 4_000;
/** Somebody who asks for a revision mostly asks for one of the last few. */
const appliedMax = 100;
/** A node that has been silent for so long has left. */
const forgottenAfterMs = 24 * 3_600_000;

/** The fleet after `report`, heard at `nowMs` of the reader's own monotonic clock. Late news of the same run changes nothing. */
export const takeReport = (fleet: Fleet, report: NodeReport, nowMs: number): Fleet => {
  const known = fleet.get(report.node);
  const isLate = known !== undefined && known.report.run === report.run && report.sequence < known.report.sequence;
  if (isLate) return fleet;
  const heard = { report, heardAtMs: nowMs, applied: appliedAfter(known?.applied ?? [], report) };
  return new Map([...fleet, [report.node, heard] as const]);
};

/** Reports repeat the newest one. An older revision than before is another history: that of a book that was put back. */
const appliedAfter = (known: readonly Applied[], { applied }: NodeReport): readonly Applied[] => {
  if (applied === undefined || known.at(-1)?.revision === applied.revision) return known;
  return [...known.filter(({ revision }) => revision < applied.revision).slice(1 - appliedMax), applied];
};

/** Without the nodes that left. */
export const forgetTheGone = (fleet: Fleet, nowMs: number): Fleet =>
  new Map([...fleet].filter(([, { heardAtMs }]) => nowMs - heardAtMs < forgottenAfterMs));

/** Without a node that somebody has declared gone; one that lives is not gone. */
export const withoutNode = (fleet: Fleet, node: NodeName, nowMs: number): Fleet => {
  const heard = fleet.get(node);
  if (heard === undefined || presenceOf(heard, nowMs) === 'live') return fleet;
  return new Map([...fleet].filter(([name]) => name !== node));
};

/** `left`: stopped on purpose, which is no reason for concern. Only those who live are waited for. */
export const presenceOf = ({ report, heardAtMs }: HeardNode, nowMs: number): 'live' | 'silent' | 'left' => {
  if (report.leaving === true) return 'left';
  return nowMs - heardAtMs > silentAfterMs ? 'silent' : 'live';
};

/** Where every node is with `revision`: what each has seen, never what was sent. */
export const convergenceOf = (fleet: Fleet, revision: Revision, nowMs: number): Convergence => {
  const heard = [...fleet.values()].toSorted((a, b) => a.report.node.localeCompare(b.report.node));
  const { live = [], silent = [] } = Object.groupBy(heard, (node) => presenceOf(node, nowMs));
  const nodes = live.map((node) => nodeConvergence(node, revision));
  return { revision, state: wholeState(nodes), nodes, silent: silent.map(({ report }) => report.node) };
};

const nodeConvergence = ({ report, applied }: HeardNode, revision: Revision): NodeConvergence => {
  const how = report.observed >= revision ? applied.find((one) => one.revision >= revision) : undefined;
  return {
    node: report.node,
    state: stateAt(report, revision),
    stage: stageAt(report, revision),
    received: report.received,
    configurationHash: report.configurationHash,
    ...(report.validated === undefined ? {} : { validated: report.validated }),
    observed: report.observed,
    method: how?.method ?? report.method,
    reloadReasons: how?.reasons ?? report.reloadReasons,
    durationMs: how?.durationMs ?? report.durationMs,
    ...(how === undefined ? {} : { appliedAs: how.revision, appliedAt: how.time }),
    waitingFor: report.waitingFor,
    ...(report.rejection === undefined ? {} : { rejection: report.rejection }),
    failing: report.failing ?? [],
    layer4: report.layer4,
    reportedAt: report.time,
  };
};

const stageAt = (
  { received, validated, observed, rejection, failing = [] }: NodeReport,
  revision: Revision,
): NodeConvergence['stage'] => {
  if (observed >= revision) return 'observed';
  if (received < revision) return 'unheard';
  if (rejection !== undefined || failing.length > 0) return 'failing';
  return validated !== undefined && validated >= revision ? 'validated' : 'received';
};

const stateAt = ({ observed, rejection }: NodeReport, revision: Revision): NodeConvergence['state'] => {
  if (observed >= revision) return 'converged';
  return rejection !== undefined && rejection.revision >= revision ? 'rejected' : 'pending';
};

const wholeState = (nodes: readonly NodeConvergence[]): Convergence['state'] => {
  if (nodes.some(({ state }) => state === 'rejected')) return 'rejected';
  return nodes.length > 0 && nodes.every(({ state }) => state === 'converged') ? 'converged' : 'pending';
};
