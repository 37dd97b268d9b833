import { type Cluster, type Endpoint, endpointsOf, realServersOf, verdictsFor } from '@evenkeel/cluster';
import {
  isIPv6,
  type Layer4Service,
  noRevision,
  type RealServerState,
  type Revision,
  type VerdictState,
  type VirtualServiceState,
} from '@evenkeel/contracts';
import { durationMs } from '@evenkeel/kernel';
import { type Picture } from '../picture.ts';
import { exactWeights, nobodyWarms } from '../slow-start/warming.ts';
import { type Family } from './ruleset.ts';

/** One real server as layer 4 sees it: intent, weight and verdict are judged already. */
export type Layer4Member = {
  /** Stable number of the real server; names in the kernel and connection marks come from it. */
  readonly number: number;
  readonly label: string;
  readonly address: string;
  /** Undefined: whatever port the client came to. */
  readonly port: number | undefined;
  /** Share of the clients that nobody remembers; 0 for whoever takes none: drained, halted, down, or by configuration. */
  readonly weight: number;
  /** Clients that persistence ties to it keep coming. When false, they are forgotten. */
  readonly keepsClients: boolean;
  /** What was known of its clients before this revision may have been forgotten since, on somebody's order. */
  readonly clientsSince: Revision;
  /** Open connections go on. When false, they are ended. */
  readonly keepsConnections: boolean;
  /** 0 = no limit. */
  readonly maxConnections: number;
  /** The level at which a full server takes new connections again; 0 = as soon as one has gone. */
  readonly minConnections: number;
};

export type ClientMemory = { readonly timeoutSeconds: number; readonly size: number };

/** One enabled virtual service of layer 4. Members are in the order of their numbers. */
export type Layer4Desired = {
  readonly family: Family;
  readonly number: number;
  readonly label: string;
  readonly endpoints: readonly Endpoint[];
  readonly balance: Layer4Service['balance'];
  /** Undefined: no persistence. */
  readonly memory: ClientMemory | undefined;
  readonly members: readonly Layer4Member[];
};

/** What layer 4 is made from. A verdict that is missing counts as `unknown`, and unknown never blocks. */
export type Layer4Picture = Pick<Picture, 'cluster' | 'verdicts' | 'warming'>;

export type Layer4ServiceState = VirtualServiceState & { readonly spec: Layer4Service };

/** The enabled services of layer 4, in the order of their numbers. */
export const layer4ServicesOf = ({ virtualServices }: Pick<Cluster, 'virtualServices'>): Layer4ServiceState[] =>
  [...virtualServices.values()].filter(
    (service): service is Layer4ServiceState => service.enabled && service.spec.layer === 4,
  );

/** That of its address; its real servers have no other. */
export const familyOf = ({ spec }: Layer4ServiceState): Family => (isIPv6(spec.address) ? 'ip6' : 'ip');

/** One service as it should be served now. */
export const desiredService = (
  service: Layer4ServiceState,
  { cluster, verdicts, warming }: Layer4Picture,
): Layer4Desired => {
  const { spec, number } = service;
  const memory = memoryOf(spec);
  const realServers = realServersOf(cluster, service.id);
  const verdictOf = verdictsFor(spec, realServers, (id) => verdicts.get(id));
  const weightNow = exactWeights(realServers, warming ?? nobodyWarms);
  return {
    family: familyOf(service),
    number,
    label: spec.label,
    endpoints: endpointsOf(spec),
    balance: spec.balance,
    memory,
    members: realServers.map((realServer) =>
      memberOf(realServer, {
        verdict: verdictOf(realServer.id) ?? 'unknown',
        weight: weightNow(realServer),
        hasMemory: memory !== undefined,
      }),
    ),
  };
};

const memoryOf = ({ persistence }: Layer4Service): ClientMemory | undefined =>
  persistence.kind === 'none'
    ? undefined
    : // nft counts whole seconds; rounding up keeps a client at least as long as was asked for
      { timeoutSeconds: Math.ceil((durationMs(persistence.timeout) ?? 0) / 1_000), size: persistence.tableSize };

/** What a real server's own state does not say of it. */
type Around = { readonly verdict: VerdictState; readonly weight: number; readonly hasMemory: boolean };

const memberOf = (realServer: RealServerState, { verdict, weight, hasMemory }: Around): Layer4Member => {
  const { number, spec, intent, intentRevision } = realServer;
  const isServing = verdict !== 'down' && intent.intent !== 'halt';
  const isForgetting = intent.intent === 'drain' && intent.clients === 'forget';
  return {
    number,
    label: spec.label,
    address: spec.address,
    port: spec.port === 'inherit' ? undefined : spec.port,
    weight: isServing && intent.intent === 'online' ? weight : 0,
    keepsClients: hasMemory && isServing && !isForgetting,
    clientsSince: intent.intent === 'online' ? (intentRevision ?? noRevision) : noRevision,
    keepsConnections: verdict !== 'down' && !(intent.intent === 'halt' && intent.connections === 'close'),
    maxConnections: spec.maxConnections,
    minConnections: spec.minConnections,
  };
};
