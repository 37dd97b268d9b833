import { type Cluster } from '@evenkeel/cluster';
import {
  type HttpService,
  type HttpsRedirect,
  type IntentState,
  isHttpsRedirect,
  type RealServerState,
  type TcpService,
  type VerdictState,
  type VirtualServiceState,
} from '@evenkeel/contracts';
import { nobodyWarms, type Warming, type WeightNow, wholeWeights } from '../slow-start/warming.ts';
import { adminStateOf, type AdminState } from './admin-state.ts';
import { serverName, serviceName } from './names.ts';
import { type Route, routesOf } from './route.ts';

export type Layer7Spec = HttpService | HttpsRedirect | TcpService;
/** What has servers, or room for them. */
export type PoolSpec = HttpService | TcpService;
export type Layer7ServiceState = VirtualServiceState & { readonly spec: Layer7Spec };

/** One virtual service of layer 7 as HAProxy should have it, enabled or not. Servers are in the order of their numbers. */
export type DesiredService = {
  readonly name: string;
  readonly number: number;
  /** A disabled service keeps its servers, with their intents and clients, and does not listen. */
  readonly isListening: boolean;
  readonly spec: Layer7Spec;
  readonly servers: readonly DesiredServer[];
  /** Its content rules, in their order. */
  readonly routes: readonly Route[];
};

/** One that has servers, or room for them. */
export type DesiredPool = DesiredService & { readonly spec: PoolSpec };
export const isPool = (service: DesiredService): service is DesiredPool => !isHttpsRedirect(service.spec);

export type DesiredServer = {
  readonly name: string;
  readonly number: number;
  readonly label: string;
  readonly address: string;
  readonly port: number | 'inherit';
  /** By configuration. */
  readonly weight: number;
  /** The one that counts now: less while it comes back (`slowStart`). It is set while HAProxy runs, and no reload is needed for it. */
  readonly weightNow: number;
  /** 0 = no limit. */
  readonly maxConnections: number;
  /** HAProxy speaks TLS to it. */
  readonly isEncrypted: boolean;
  readonly adminState: AdminState;
  /** By verdict. */
  readonly isDown: boolean;
  /** The very object of the book: a new one is a new wish, with its own deed (see `diff.ts`). */
  readonly intent: IntentState;
};

/** Every service of layer 7, in the order of their numbers. */
export const layer7ServicesOf = ({ virtualServices }: Pick<Cluster, 'virtualServices'>): Layer7ServiceState[] =>
  [...virtualServices.values()].filter((service): service is Layer7ServiceState => service.spec.layer === 7);

export const desiredService = (
  service: Layer7ServiceState,
  realServers: readonly RealServerState[],
  verdictOf: (realServer: RealServerState) => VerdictState | undefined,
  virtualServices: Cluster['virtualServices'],
  warming: Warming = nobodyWarms,
): DesiredService => ({
  name: serviceName(service.number),
  number: service.number,
  isListening: service.enabled,
  spec: service.spec,
  servers: desiredServers(service.spec, realServers, verdictOf, wholeWeights(realServers, warming)),
  routes: routesOf(('rules' in service.spec && service.spec.rules) || [], realServers, virtualServices),
});

const desiredServers = (
  service: Layer7Spec,
  realServers: readonly RealServerState[],
  verdictOf: (realServer: RealServerState) => VerdictState | undefined,
  weightNow: WeightNow,
): readonly DesiredServer[] =>
  realServers.map((realServer) => desiredServer(service, realServer, verdictOf(realServer), weightNow(realServer)));

const desiredServer = (
  service: Layer7Spec,
  { number, spec, intent }: RealServerState,
  verdict: VerdictState | undefined,
  weightNow: number,
): DesiredServer => ({
  name: serverName(number),
  number,
  label: spec.label,
  address: spec.address,
  port: spec.port,
  weight: spec.weight,
  weightNow,
  maxConnections: spec.maxConnections,
  isEncrypted: spec.tls === 'inherit' ? encryptsToServers(service) : spec.tls === 'on',
  adminState: adminStateOf(intent),
  isDown: verdict === 'down', // `unknown` serves until proven down
  intent,
});

/**
 * What is left of a service without everything that HAProxy may be able to change while it runs. Labels are comments, and
 * count as nothing. Servers are compared with what runs: see `diff.ts`.
 */
export const skeletonOf = (service: DesiredService): DesiredService => ({
  ...service,
  spec: { ...service.spec, label: '' },
  servers: [],
});

/** Which servers a service has, as far as a reload may be needed to change that: tells editions of a file apart. */
export const membersOf = ({ servers }: DesiredService): string =>
  servers
    .map(({ name, port, isEncrypted }) => `${name}${port === 'inherit' ? '' : ':'}${isEncrypted ? '+tls' : ''}`)
    .join(' ');

/** Whether its servers are spoken to in TLS, unless one says otherwise. */
export const encryptsToServers = (spec: Layer7Spec): boolean => 'backendTls' in spec && spec.backendTls.kind === 'on';

/** Whether the verdict on one of its servers closes the connections that are open there. */
export const closesWhenDown = ({ spec }: DesiredService): boolean => 'onDown' in spec && spec.onDown === 'close';

/** Name for people: the label may change, the name may not. */
export const called = ({ spec, name }: DesiredService): string => `${spec.label} (${name})`;

/** Whether the service ties clients to servers by cookie. */
export const hasCookie = (service: DesiredService): boolean =>
  isPool(service) && 'cookieName' in service.spec.persistence;

/** Whether the service remembers clients in a stick table. */
export const hasStickTable = (service: DesiredService): boolean =>
  isPool(service) && stickyKinds.has(service.spec.persistence.kind);

const stickyKinds: ReadonlySet<string> = new Set<PoolSpec['persistence']['kind']>([
  'source-ip',
  'http-cookie-and-source-ip',
  'x-forwarded-for',
]);
