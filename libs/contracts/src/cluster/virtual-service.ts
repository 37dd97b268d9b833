import * as z from 'zod';
import { Layer7Ports, Ports } from '../ports.ts';
import { Address, durationBetween, Label } from '../values.ts';
import { contentRules } from './content-rules.ts';
import { headerRules } from './header-rules.ts';
import { type HealthCheck, TcpCheck, TcpUdpCheck, UdpCheck } from './health-check.ts';
import { httpsRedirect } from './https-redirect.ts';
import { backendTls, connectionFields, httpConnectionFields, httpFallback, tcpFallback } from './layer7-fields.ts';
import { HttpPersistence, Layer4Persistence, TcpPersistence } from './persistence.ts';
import { tls } from './tls.ts';

/**
 * What to do when fewer than `below` percent of the real servers that an operator wants to serve pass their checks. The checks
 * may be what is wrong, and few servers may break under the load of all: `serve-all` sends clients to all of them, also to
 * those that are down; `serve-none` takes the service down, so that its fallback answers. Absent: whoever is up serves.
 */
export const Panic = z
  .strictObject({ below: z.int().min(1).max(100), then: z.enum(['serve-all', 'serve-none']) })
  .meta({ id: 'Panic' });
export type Panic = z.infer<typeof Panic>;

const common = {
  label: Label,
  /** Who declares it; a declarative apply never reaches beyond its scope. */
  scope: Label.default('manual'),
  /** Groups the services of one application, for lint and views. */
  application: Label.optional(),
  address: Address,
};

/** Of every service that has real servers. */
const balanced = {
  /**
   * Low watermark: the least share of its real servers, in percent, that a drain, a halt or a removal leaves available
   * without force. Absent, like 0: one is enough.
   */
  availability: z.int().min(0).max(100).optional(),
  panic: Panic.optional(),
  /** A real server that comes (back) gets its share of new clients in steps, all of it after so long. Absent: at once. */
  slowStart: durationBetween('1s', '1h').optional(),
};

/** Idle times, and the time to connect to a real server. */
const timeouts = (idle: string) =>
  z
    .strictObject({
      client: durationBetween('1s', '7d').default(idle),
      server: durationBetween('1s', '7d').default(idle),
      connect: durationBetween('100ms', '5m').default('5s'),
    })
    .prefault({});

/** Of a virtual service of layer 7 that does not say; a node that opens fewer caps it. */
export const defaultMaxConnections = 40_000;
const maxConnections = z.int().min(1).max(1_000_000).default(defaultMaxConnections);
/** Time for a client to send the headers of a request. */
const requestTimeout = durationBetween('100ms', '10m').default('5s');

const layer7 = {
  ...common,
  ports: Layer7Ports,
  ...balanced,
  layer: z.literal(7),
  /** Both are weighted. */
  balance: z.enum(['least-connections', 'round-robin']).default('least-connections'),
  maxConnections,
  tcpKeepAlive: z.boolean().default(true),
  /** Try another server when the chosen one refuses the connection. */
  redispatch: z.boolean().default(true),
  /** Which drain is offered first: forget persistent clients, or keep them. */
  clearOnDrain: z.boolean().default(false),
  ...connectionFields,
};

export const HttpService = z.strictObject({
  ...layer7,
  mode: z.literal('http'),
  /** `optional` inside: who says no action chooses this branch of the union as well. */
  action: z.literal('balance').optional().default('balance'),
  persistence: HttpPersistence.default({ kind: 'none' }),
  healthCheck: TcpCheck.prefault({ kind: 'connect' }),
  timeouts: timeouts('5m'),
  forwardedFor: z.boolean().default(true),
  requestTimeout,
  ...httpConnectionFields,
  tls,
  backendTls,
  rules: contentRules,
  headers: headerRules,
  fallback: httpFallback,
});
export type HttpService = z.infer<typeof HttpService>;

/**
 * Answers every request itself: come again by HTTPS, to the same host and path. There is nobody behind it, so nothing that
 * says who or how can be written down: no real servers, balance, persistence, health check or fallback.
 */
export const HttpsRedirect = z.strictObject({
  ...common,
  ports: Layer7Ports,
  layer: z.literal(7),
  mode: z.literal('http'),
  action: z.literal('redirect-to-https'),
  redirect: httpsRedirect,
  maxConnections,
  requestTimeout,
});
export type HttpsRedirect = z.infer<typeof HttpsRedirect>;

export const TcpService = z.strictObject({
  ...layer7,
  mode: z.literal('tcp'),
  persistence: TcpPersistence.default({ kind: 'none' }),
  healthCheck: TcpCheck.prefault({ kind: 'connect' }),
  timeouts: timeouts('12h'),
  fallback: tcpFallback,
});
export type TcpService = z.infer<typeof TcpService>;

const layer4 = {
  ...common,
  ports: Ports,
  ...balanced,
  layer: z.literal(4),
  /** The real server sees the node's address. */
  forwarding: z.literal('snat').default('snat'),
  /** Both are weighted. */
  balance: z.enum(['random', 'round-robin']).default('random'),
  persistence: Layer4Persistence.default({ kind: 'none' }),
};

export const Layer4TcpService = z.strictObject({
  ...layer4,
  mode: z.literal('tcp'),
  healthCheck: TcpCheck.prefault({ kind: 'connect' }),
});
export const UdpService = z.strictObject({
  ...layer4,
  mode: z.literal('udp'),
  healthCheck: UdpCheck.default({ kind: 'none' }),
});
export const TcpUdpService = z.strictObject({
  ...layer4,
  mode: z.literal('tcp-udp'),
  healthCheck: TcpUdpCheck.default({ kind: 'none' }),
});
export type Layer4Service = z.infer<typeof Layer4TcpService | typeof UdpService | typeof TcpUdpService>;

/** What one virtual service should be. The union by layer, mode and action is what rules invalid combinations out. */
export const VirtualServiceSpec = z
  .discriminatedUnion('layer', [
    z.discriminatedUnion('mode', [z.discriminatedUnion('action', [HttpService, HttpsRedirect]), TcpService]),
    z.discriminatedUnion('mode', [Layer4TcpService, UdpService, TcpUdpService]),
  ])
  .meta({ id: 'VirtualServiceSpec' });
export type VirtualServiceSpec = z.infer<typeof VirtualServiceSpec>;
export type VirtualServiceInput = z.input<typeof VirtualServiceSpec>;

/** A service with real servers behind it, or with room for them. */
export type BalancedService = Exclude<VirtualServiceSpec, HttpsRedirect>;

export const isHttpsRedirect = (spec: VirtualServiceSpec): spec is HttpsRedirect =>
  spec.mode === 'http' && spec.action === 'redirect-to-https';

/** Undefined for a service that has nobody to check. */
export const healthCheckOf = (spec: VirtualServiceSpec): HealthCheck | undefined =>
  isHttpsRedirect(spec) ? undefined : spec.healthCheck;

/** Who answers while no real server is available; undefined for a service that cannot have anybody for that. */
export const fallbackOf = (spec: VirtualServiceSpec): (HttpService | TcpService)['fallback'] | undefined =>
  spec.layer === 4 || isHttpsRedirect(spec) ? undefined : spec.fallback;

/** Every kind of service there is: one for each layer, mode and action. */
export const serviceKinds = [
  HttpService,
  HttpsRedirect,
  TcpService,
  Layer4TcpService,
  UdpService,
  TcpUdpService,
] as const;
export type ServiceKind = (typeof serviceKinds)[number];

/** What chooses a kind of service. `action` counts where the mode has one; without it the default is chosen. */
export type KindChoice = { readonly layer?: unknown; readonly mode?: unknown; readonly action?: unknown };

/** The kind of service that is chosen; undefined when there is none. */
export const serviceKindOf = (choice: KindChoice): ServiceKind | undefined => kindAmong(serviceKinds, choice);

type Choosing = { readonly shape: Pick<ServiceKind['shape'], 'layer' | 'mode'> & Readonly<Record<string, z.ZodType>> };

/** The same among kinds that have more fields, such as those of a document. */
export const kindAmong = <Kind extends Choosing>(kinds: readonly Kind[], choice: KindChoice): Kind | undefined =>
  kinds.find(
    ({ shape }) =>
      shape.layer.value === choice.layer &&
      shape.mode.value === choice.mode &&
      (shape['action'] === undefined || shape['action'].safeParse(choice.action ?? undefined).success),
  );
