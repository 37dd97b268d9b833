import type {
  Draining,
  OverviewRealServer,
  RealServerReason,
  RealServerState,
  RealServerWord,
  VirtualServiceSpec,
} from '@evenkeel/contracts';
import { returnOf } from '../rules/absence.ts';
import { effectivePorts } from '../rules/effective-ports.ts';
import { isOverdue } from '../rules/drain-deadline.ts';
import type { Checked } from './checked.ts';
import { leftOf } from './draining.ts';
import { isPending, type Observed } from './seen.ts';

/** One real server, and all that is known of it. */
type View = {
  readonly service: VirtualServiceSpec;
  readonly realServer: RealServerState;
  readonly checked: Checked | undefined;
  /** Undefined while no node has told. */
  readonly connections: number | undefined;
  /** Undefined while it does not drain. */
  readonly draining: Draining | undefined;
  /** So many percent of its weight count; undefined when all of it does. */
  readonly warmth: number | undefined;
  /** Nobody of its service is available. */
  readonly isOnlyHope: boolean;
  readonly observed: Observed;
};

/** What one real server looks like to its operator. */
export const realServerRow = (view: View): OverviewRealServer => {
  const { service, realServer, checked, connections, draining, warmth, observed } = view;
  const { id, spec, intent, version } = realServer;
  return {
    id,
    state: wordOf(view),
    label: spec.label,
    address: spec.address,
    ports: [...effectivePorts(service, spec)],
    weight: spec.weight,
    connections: connections ?? null,
    intent: intent.intent,
    verdict: checked?.state ?? 'unknown',
    ...reasonOf(view),
    ...(draining === undefined ? {} : { draining }),
    ...(warmth === undefined ? {} : { warming: warmth }),
    pending: isPending(observed, version),
  };
};

/**
 * The operator's wish comes first: a halted server is halted, whatever its check says. Drained is one that all nodes drain
 * and none has a connection to.
 */
const wordOf = ({ realServer, checked, draining, observed }: View): RealServerWord => {
  const { intent, intentRevision, version } = realServer;
  if (intent.intent === 'halt') return 'halted';
  if (intent.intent === 'drain') {
    const isOver = draining?.connections === 0 && !isPending(observed, intentRevision ?? version);
    return isOver ? 'drained' : 'draining';
  }
  return checked?.state ?? 'unknown';
};

type Because = { readonly reason: RealServerReason; readonly detail: string; readonly since: string };

const reasonOf = (view: View): Because => {
  const { realServer, checked, warmth } = view;
  const { intent, intentSince: since, spec } = realServer;
  if (intent.intent === 'drain') return { ...drainOf(view), since };
  if (intent.intent === 'halt') return { reason: 'halted-by', detail: wished('halted', view), since };
  const judged = {
    reason: checked?.reason ?? 'never-checked',
    detail: checked?.detail ?? 'not checked yet',
    since: checked !== undefined && checked.since > since ? checked.since : since,
  };
  const isIdle = spec.weight === 0 && checked?.state !== 'down';
  if (isIdle) return { ...judged, reason: 'weight-zero', detail: 'weight 0: no new clients' };
  if (warmth === undefined) return judged;
  const reason = isWell(checked) ? 'warming' : judged.reason;
  return { ...judged, reason, detail: `warming, ${warmth} %: ${judged.detail}` };
};

/** There is nothing that matters more than that it warms. */
const isWell = (checked: Checked | undefined): boolean =>
  checked?.state === 'up' && checked.reason !== 'votes-split' && checked.reason !== 'verdict-stale';

/** Past its deadline and still not halted, because there is nobody else. */
const drainOf = (view: View): Pick<Because, 'reason' | 'detail'> => {
  const { realServer, service, draining, isOnlyHope, observed } = view;
  const left = draining === undefined ? '' : leftOf(service, realServer, draining, observed.nowMs);
  const detail = wished('drained', view, left);
  const isHeldUp = isOnlyHope && observed.nowMs !== undefined && isOverdue(realServer, observed.nowMs);
  if (!isHeldUp) return { reason: 'drained-by', detail };
  return { reason: 'drain-deadline', detail: `past its deadline, and nobody else could serve: not halted; ${detail}` };
};

const wished = (done: string, { realServer, checked }: View, left = ''): string => {
  const { intentBy, intentReason } = realServer;
  const said = intentReason === undefined ? '' : `: ${intentReason}`;
  const until = returnOf(realServer);
  const back = until === undefined ? '' : `; back at ${until}`;
  return `${done} by ${intentBy}${said}${left}${back}${afterwards(checked)}`;
};

/** Checks go on, so that whoever wants to bring it back knows first. */
const afterwards = (checked: Checked | undefined): string => {
  if (checked?.state === 'up') return '; ready to return';
  return checked?.state === 'down' ? `; check failing: ${checked.detail}` : '';
};
