import {
  fallbackOf,
  hostAndPort,
  isHttpsRedirect,
  type OverviewRealServer,
  type OverviewService,
  type ServiceReason,
  type ServiceWord,
  type VirtualServiceSpec,
  type VirtualServiceState,
} from '@evenkeel/contracts';
import type { Alarm } from '../rules/panic.ts';
import { leastAvailable } from '../rules/watermark.ts';
import { isPending, type Observed } from './seen.ts';

const protocols = {
  http: 'HTTP',
  tcp: 'TCP',
  udp: 'UDP',
  'tcp-udp': 'TCPUDP',
} as const satisfies Record<VirtualServiceSpec['mode'], OverviewService['protocol']>;

/** How many of its real servers take new clients by their verdicts, and whether that brings it into panic. */
type Capacity = { readonly available: number; readonly alarm: Alarm | undefined };

/** What one service looks like to its operator. */
export const serviceRow = (
  service: VirtualServiceState,
  realServers: OverviewRealServer[],
  capacity: Capacity,
  connections: number | undefined,
  observed: Observed,
): OverviewService => {
  const { id, spec, version } = service;
  const { state, causes } = judgementOf(service, realServers, capacity, observed);
  return {
    id,
    state,
    label: spec.label,
    address: spec.address,
    ports: spec.ports,
    connections: connections ?? null,
    protocol: protocols[spec.mode],
    method: spec.layer === 4 ? 'Layer 4' : 'Layer 7',
    mode: spec.layer === 4 ? 'SNAT' : 'Proxy',
    ...(isHttpsRedirect(spec) ? { action: spec.action } : {}),
    reasons: causes.map(({ reason }) => reason),
    detail: causes.map(({ detail }) => detail).join('; '),
    available: capacity.available,
    of: realServers.length,
    pending: isPending(observed, version),
    realServers,
  };
};

type Cause = { readonly reason: ServiceReason; readonly detail: string };
type Judgement = { readonly state: ServiceWord; readonly causes: readonly Cause[] };

/** A redirect is up without anybody. Deliberate drains and halts keep a service up, as long as its watermark is met: the count says how much is left. */
const judgementOf = (
  service: VirtualServiceState,
  realServers: readonly OverviewRealServer[],
  { available, alarm }: Capacity,
  observed: Observed,
): Judgement => {
  if (!service.enabled) return { state: 'disabled', causes: [disabledBy(service)] };
  const unable = refusedByAll(service, observed);
  if (unable.length > 0) return { state: 'down', causes: unable };
  const rejected = rejectedBySome(service, observed);
  if (isHttpsRedirect(service.spec)) return { state: rejected.length === 0 ? 'up' : 'degraded', causes: rejected };
  const panic = alarm === undefined ? [] : [panicOf(alarm)];
  const split = disagreement(realServers);
  if (alarm?.then === 'serve-none')
    return { state: 'down', causes: [...panic, ...split, ...fallback(service), ...rejected] };
  if (available === 0 && alarm === undefined)
    return { state: 'down', causes: [...nobody(service), ...split, ...rejected] };
  const causes = [
    ...panic,
    ...wantedBut('down', realServers),
    ...wantedBut('unknown', realServers),
    ...belowWatermark(service, available, realServers.length),
    ...rejected,
  ];
  return { state: causes.length === 0 ? 'up' : 'degraded', causes: [...causes, ...split] };
};

/** The service is no worse for it, as long as a majority decides: so it is said, and nothing more. */
const disagreement = (realServers: readonly OverviewRealServer[]): readonly Cause[] => {
  const labels = realServers.filter(({ reason }) => reason === 'votes-split').map(({ label }) => label);
  return labels.length === 0
    ? []
    : [{ reason: 'votes-split', detail: `the checkers disagree about ${labels.join(', ')}` }];
};

const disabledBy = ({ disabled }: VirtualServiceState): Cause => {
  const said = disabled?.reason === undefined ? '' : `: ${disabled.reason}`;
  return { reason: 'disabled-by', detail: `disabled by ${disabled?.by ?? 'somebody'}${said}` };
};

const nobody = (service: VirtualServiceState): readonly Cause[] => [
  { reason: 'none-available', detail: 'no real server is available' },
  ...fallback(service),
];

const fallback = ({ spec }: VirtualServiceState): readonly Cause[] => {
  const detail = fallbackWords(fallbackOf(spec));
  return detail === undefined ? [] : [{ reason: 'fallback-serving', detail }];
};

const panicOf = ({ then, healthy, of, below }: Alarm): Cause => {
  const why = `panic: ${healthy} of ${of} healthy, below ${below}%`;
  return then === 'serve-all'
    ? {
        reason: 'panic-serving-all',
        detail: `${why}, so clients are sent to all, also to those that fail their checks`,
      }
    : { reason: 'panic-serving-none', detail: `${why}, so nobody serves, also those that are healthy` };
};

const fallbackWords = (fallback: ReturnType<typeof fallbackOf>): string | undefined => {
  if (fallback?.kind === 'page') return 'the fallback page answers';
  return fallback === undefined || fallback.kind === 'none'
    ? undefined
    : `the fallback server ${hostAndPort(fallback.address, fallback.port)} answers`;
};

const wantedBut = (state: 'down' | 'unknown', realServers: readonly OverviewRealServer[]): readonly Cause[] => {
  const labels = realServers.filter((row) => row.state === state).map(({ label }) => label);
  if (labels.length === 0) return [];
  const reason = state === 'down' ? 'servers-down' : 'verdicts-unknown';
  return [{ reason, detail: `${labels.join(', ')} ${labels.length === 1 ? 'is' : 'are'} ${state}` }];
};

/** Deliberate drains and halts bring it below too: somebody has insisted. */
const belowWatermark = ({ spec }: VirtualServiceState, available: number, of: number): readonly Cause[] => {
  if (isHttpsRedirect(spec)) return [];
  const least = leastAvailable(spec, of);
  if (available >= least) return [];
  return [{ reason: 'below-watermark', detail: `${available} available, and ${least} of ${of} are wanted` }];
};

/** Layer 4 needs rights that no node has: the service exists in the book only. */
const refusedByAll = ({ spec }: VirtualServiceState, { reports }: Observed): readonly Cause[] => {
  const words = reports.flatMap(({ layer4 }) => (layer4.state === 'refused' ? layer4.words : []));
  if (spec.layer === 7 || reports.length === 0 || words.length < reports.length) return [];
  return [{ reason: 'rejected-by-node', detail: `no node can serve layer 4: ${words[0] ?? ''}` }];
};

/** An engine refused its last change. What ran before still runs, so this alone takes nobody down. */
const rejectedBySome = ({ spec, version }: VirtualServiceState, { reports }: Observed): readonly Cause[] =>
  reports.flatMap(({ node, observed, rejection }) => {
    const isOurs = rejection?.engine === (spec.layer === 4 ? 'nftables' : 'haproxy') && observed < version;
    return isOurs ? { reason: 'rejected-by-node', detail: `${node} refused the last change: ${rejection.words}` } : [];
  });
