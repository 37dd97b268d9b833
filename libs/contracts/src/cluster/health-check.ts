import * as z from 'zod';
import { VirtualServiceId } from '../ids.ts';
import { Address, durationBetween, Label, Port, sentence } from '../values.ts';

/** `rise` passes in a row make a server up, `fall` failures in a row make it down. */
const pace = (interval: string, timeout: string) => ({
  interval: durationBetween('100ms', '1h').default(interval),
  timeout: durationBetween('50ms', '5m').default(timeout),
  rise: z.int().min(1).max(100).default(2),
  fall: z.int().min(1).max(100).default(3),
});

/** Where the probe goes and, optionally, from which local address. */
const target = { port: z.union([z.literal('inherit'), Port]).default('inherit'), source: Address.optional() };
/** For services without TCP: the check needs a port of its own. */
const targetOnOwnPort = { port: Port, source: Address.optional() };

const connect = { kind: z.literal('connect'), ...pace('2s', '2s') };

const httpToken = z.string().regex(/^[\x21-\x7e]{1,255}$/, 'visible ASCII, no spaces, 255 at most');
/** What the request line of a check asks for. */
export const RequestPath = z.string().regex(/^\/[\x21-\x7e]{0,1023}$/, 'starts with "/", visible ASCII, 1024 at most');
const http = {
  kind: z.literal('http'),
  ...pace('2s', '2s'),
  method: z.enum(['HEAD', 'GET']).default('HEAD'),
  path: RequestPath.default('/'),
  host: httpToken.optional(),
  expectStatus: z.array(z.int().min(100).max(599)).min(1).max(32).default([200]),
  /** Only with GET: the text must occur in the first 64 KiB of the body. */
  expectBody: sentence(256).optional(),
  /** HTTPS. The certificate is not verified unless asked: back ends usually carry self-signed ones. */
  tls: z.strictObject({ verify: z.boolean().default(false), serverName: httpToken.optional() }).optional(),
};

/** DICOM PS3.8: 1 to 16 characters of the default repertoire, no backslash, not only spaces. */
export const ApplicationEntity = z
  .string()
  .regex(/^(?=.*[^ ])[\x20-\x5b\x5d-\x7e]{1,16}$/, '1 to 16 printable ASCII characters, no backslash');

/** A PACS logs every association, hence the slower default pace. */
const dicomEcho = {
  kind: z.literal('dicom-echo'),
  ...pace('10s', '5s'),
  callingAe: ApplicationEntity.default('EVENKEEL'),
  calledAe: ApplicationEntity.default('ANY-SCP'),
  tls: z.strictObject({ verify: z.boolean().default(false), serverName: httpToken.optional() }).optional(),
};

const bodyNeedsGet = (check: { method: string; expectBody?: string | undefined }) =>
  check.expectBody === undefined || check.method === 'GET';
const bodyNeedsGetMessage = {
  message: 'expectBody needs method GET: an answer to HEAD has no body',
  path: ['expectBody'],
};

const NoCheck = z.strictObject({ kind: z.literal('none') });
const Follow = z.strictObject({ kind: z.literal('follow'), virtualService: VirtualServiceId });
/** As a document says it: the label of a service of the same scope, or the id of any other. */
const FollowDeclared = z.strictObject({ kind: z.literal('follow'), virtualService: Label });
const NetbiosNodeStatus = z.strictObject({
  kind: z.literal('netbios-node-status'),
  ...pace('2s', '2s'),
  port: z.union([z.literal('inherit'), Port]).default('inherit'),
  source: Address.optional(),
});

const ConnectCheck = z.strictObject({ ...connect, ...target });
const HttpCheck = z.strictObject({ ...http, ...target }).refine(bodyNeedsGet, bodyNeedsGetMessage);
const DicomEchoCheck = z.strictObject({ ...dicomEcho, ...target });
const ConnectToPort = z.strictObject({ ...connect, ...targetOnOwnPort });
const HttpOnPort = z.strictObject({ ...http, ...targetOnOwnPort }).refine(bodyNeedsGet, bodyNeedsGetMessage);
const DicomEchoOnPort = z.strictObject({ ...dicomEcho, ...targetOnOwnPort });

/** Layer 7, and layer 4 in mode `tcp`. */
export const TcpCheck = z
  .discriminatedUnion('kind', [NoCheck, Follow, ConnectCheck, HttpCheck, DicomEchoCheck])
  .meta({ id: 'TcpCheck' });
export type TcpCheck = z.infer<typeof TcpCheck>;

export const TcpUdpCheck = z
  .discriminatedUnion('kind', [NoCheck, Follow, ConnectCheck, HttpCheck, DicomEchoCheck, NetbiosNodeStatus])
  .meta({ id: 'TcpUdpCheck' });
export type TcpUdpCheck = z.infer<typeof TcpUdpCheck>;

/** Mode `udp`: no connect to the service's own port can be written down. */
export const UdpCheck = z
  .discriminatedUnion('kind', [NoCheck, Follow, NetbiosNodeStatus, ConnectToPort, HttpOnPort, DicomEchoOnPort])
  .meta({ id: 'UdpCheck' });
export type UdpCheck = z.infer<typeof UdpCheck>;

// The same checks in a document, which knows no ids.
export const DeclaredTcpCheck = z
  .discriminatedUnion('kind', [NoCheck, FollowDeclared, ConnectCheck, HttpCheck, DicomEchoCheck])
  .meta({ id: 'DeclaredTcpCheck' });
export const DeclaredTcpUdpCheck = z
  .discriminatedUnion('kind', [NoCheck, FollowDeclared, ConnectCheck, HttpCheck, DicomEchoCheck, NetbiosNodeStatus])
  .meta({ id: 'DeclaredTcpUdpCheck' });
export const DeclaredUdpCheck = z
  .discriminatedUnion('kind', [NoCheck, FollowDeclared, NetbiosNodeStatus, ConnectToPort, HttpOnPort, DicomEchoOnPort])
  .meta({ id: 'DeclaredUdpCheck' });

export type HealthCheck = TcpCheck | TcpUdpCheck | UdpCheck;
/** A check that sends something; the other kinds are judged without a probe. */
export type ProbingCheck = Exclude<HealthCheck, { kind: 'none' | 'follow' }>;
