import type {
  IntentState,
  OverviewRealServer,
  RealServerReason,
  RealServerState,
  RealServerWord,
  Verdict,
  VirtualServiceState,
} from '@evenkeel/contracts';
import { effectivePorts } from '../rules/effective-ports.ts';
import { isPending, type Observed } from './seen.ts';

/** What one real server looks like to its operator. `connections` is undefined while no node has told. */
export const realServerRow = (
  { spec: service }: VirtualServiceState,
  realServer: RealServerState,
  verdict: Verdict | undefined,
  connections: number | undefined,
  observed: Observed,
): OverviewRealServer => {
  const { id, spec, intent, version } = realServer;
  return {
    id,
    state: wordOf(intent, verdict, connections),
    label: spec.label,
    address: spec.address,
    ports: [...effectivePorts(service, spec)],
    weight: spec.weight,
    connections: connections ?? null,
    intent: intent.intent,
    verdict: verdict?.state ?? 'unknown',
    ...reasonOf(realServer, verdict),
    pending: isPending(observed, version),
  };
};

/** The operator's wish comes first: a halted server is halted, whatever its check says. */
const wordOf = (
  { intent }: IntentState,
  verdict: Verdict | undefined,
  connections: number | undefined,
): RealServerWord => {
  if (intent === 'halt') return 'halted';
  if (intent === 'drain') return connections === 0 ? 'drained' : 'draining';
  return verdict?.state ?? 'unknown';
};

type Because = { readonly reason: RealServerReason; readonly detail: string; readonly since: string };

const reasonOf = (realServer: RealServerState, verdict: Verdict | undefined): Because => {
  const { intent, intentSince: since, spec } = realServer;
  if (intent.intent === 'drain') return { reason: 'drained-by', detail: wished('drained', realServer, verdict), since };
  if (intent.intent === 'halt') return { reason: 'halted-by', detail: wished('halted', realServer, verdict), since };
  const judged = {
    reason: verdict?.reason ?? 'never-checked',
    detail: verdict?.detail ?? 'not checked yet',
    since: verdict !== undefined && verdict.since > since ? verdict.since : since,
  };
  const isIdle = spec.weight === 0 && verdict?.state !== 'down';
  return isIdle ? { ...judged, reason: 'weight-zero', detail: 'weight 0: no new clients' } : judged;
};

const wished = (done: string, { intentBy, intentReason }: RealServerState, verdict: Verdict | undefined): string => {
  const said = intentReason === undefined ? '' : `: ${intentReason}`;
  return `${done} by ${intentBy}${said}${afterwards(verdict)}`;
};

/** Checks go on, so that whoever wants to bring it back knows first. */
const afterwards = (verdict: Verdict | undefined): string => {
  if (verdict?.state === 'up') return '; ready to return';
  return verdict?.state === 'down' ? `; check failing: ${verdict.detail}` : '';
};
