import type {
  IntentState,
  OverviewRealServer,
  RealServerReason,
  RealServerState,
  RealServerWord,
  VirtualServiceState,
} from '@evenkeel/contracts';
import { effectivePorts } from '../rules/effective-ports.ts';
import type { Checked } from './checked.ts';
import { isPending, type Observed } from './seen.ts';

/** What one real server looks like to its operator. `connections` is undefined while no node has told. */
export const realServerRow = (
  { spec: service }: VirtualServiceState,
  realServer: RealServerState,
  checked: Checked | undefined,
  connections: number | undefined,
  observed: Observed,
): OverviewRealServer => {
  const { id, spec, intent, version } = realServer;
  return {
    id,
    state: wordOf(intent, checked, connections),
    label: spec.label,
    address: spec.address,
    ports: [...effectivePorts(service, spec)],
    weight: spec.weight,
    connections: connections ?? null,
    intent: intent.intent,
    verdict: checked?.state ?? 'unknown',
    ...reasonOf(realServer, checked),
    pending: isPending(observed, version),
  };
};

/** The operator's wish comes first: a halted server is halted, whatever its check says. */
const wordOf = (
  { intent }: IntentState,
  checked: Checked | undefined,
  connections: number | undefined,
): RealServerWord => {
  if (intent === 'halt') return 'halted';
  if (intent === 'drain') return connections === 0 ? 'drained' : 'draining';
  return checked?.state ?? 'unknown';
};

type Because = { readonly reason: RealServerReason; readonly detail: string; readonly since: string };

const reasonOf = (realServer: RealServerState, checked: Checked | undefined): Because => {
  const { intent, intentSince: since, spec } = realServer;
  if (intent.intent === 'drain') return { reason: 'drained-by', detail: wished('drained', realServer, checked), since };
  if (intent.intent === 'halt') return { reason: 'halted-by', detail: wished('halted', realServer, checked), since };
  const judged = {
    reason: checked?.reason ?? 'never-checked',
    detail: checked?.detail ?? 'not checked yet',
    since: checked !== undefined && checked.since > since ? checked.since : since,
  };
  const isIdle = spec.weight === 0 && checked?.state !== 'down';
  return isIdle ? { ...judged, reason: 'weight-zero', detail: 'weight 0: no new clients' } : judged;
};

const wished = (done: string, { intentBy, intentReason }: RealServerState, checked: Checked | undefined): string => {
  const said = intentReason === undefined ? '' : `: ${intentReason}`;
  return `${done} by ${intentBy}${said}${afterwards(checked)}`;
};

/** Checks go on, so that whoever wants to bring it back knows first. */
const afterwards = (checked: Checked | undefined): string => {
  if (checked?.state === 'up') return '; ready to return';
  return checked?.state === 'down' ? `; check failing: ${checked.detail}` : '';
};
