import { type Cluster, machineAt } from '@evenkeel/cluster';
import { type ProbingCheck, type RealServerId, type RunCheck, type RunRefusal, secretIn } from '@evenkeel/contracts';
import { accept, durationMs, refuse, type Result } from '@evenkeel/kernel';
import { basisOf } from '../targets-of.ts';
import type { Target } from '../wanted.ts';

/** One question that somebody wants asked now. */
export type ToRun = { readonly check: ProbingCheck; readonly target: Target };

/** A person waits, and the checker has other things to do. */
const timeoutMax = '5s';

/**
 * Where a check goes that is run once, and what it asks. To real servers of the cluster and nowhere else, whoever wrote the
 * definition: a check must not become a scanner.
 */
export const whatToRun = (cluster: Cluster, wish: RunCheck): Result<ToRun, RunRefusal> => {
  const { realServerId, address, check } = wish;
  const named = secretIn(check);
  if (named !== undefined && !cluster.secrets.has(named.secret)) return refuse({ kind: 'unknown-secret', ...named });
  if (realServerId !== undefined) return ofRealServer(cluster, realServerId, check);
  if (address === undefined || machineAt(cluster, address).length === 0) return refuse({ kind: 'unknown-machine' });
  return check === undefined ? refuse({ kind: 'check-needed' }) : ofMachine(address, check);
};

const ofRealServer = (cluster: Cluster, id: RealServerId, check: RunCheck['check']): Result<ToRun, RunRefusal> => {
  const realServer = cluster.realServers.get(id);
  const service = realServer === undefined ? undefined : cluster.virtualServices.get(realServer.virtualServiceId);
  if (realServer === undefined || service === undefined) return refuse({ kind: 'unknown-real-server' });
  const basis = basisOf(cluster, { service, realServer }, check);
  if (basis.kind === 'fixed') return refuse({ kind: 'nothing-to-ask', detail: basis.verdict.detail });
  return accept({ check: hurried(basis.asked), target: basis.target });
};

const ofMachine = (address: string, check: NonNullable<RunCheck['check']>): Result<ToRun, RunRefusal> => {
  if (check.kind === 'none' || check.kind === 'follow') {
    return refuse({ kind: 'nothing-to-ask', detail: `a check of the kind ${check.kind} asks nobody` });
  }
  if (check.kind === 'ping') return accept({ check: hurried(check), target: { address, port: 0 } });
  if (check.port === 'inherit') return refuse({ kind: 'port-needed' });
  return accept({ check: hurried(check), target: { address, port: check.port } });
};

const hurried = (check: ProbingCheck): ProbingCheck =>
  (durationMs(check.timeout) ?? 0) > (durationMs(timeoutMax) ?? 0) ? { ...check, timeout: timeoutMax } : check;
