import * as z from 'zod';
import { VirtualServiceId } from '../ids.ts';
import { Label } from '../values.ts';
import { ConnectCheck, ConnectOnPort } from './checks/connect.ts';
import { DicomEchoCheck, DicomEchoOnPort } from './checks/dicom-echo.ts';
import { DnsQuery } from './checks/dns.ts';
import { ExternalCheck } from './checks/external.ts';
import { HttpCheck, HttpOnPort } from './checks/http.ts';
import { LdapCheck, LdapOnPort } from './checks/ldap.ts';
import { NetbiosNodeStatus } from './checks/netbios-node-status.ts';
import { Ping } from './checks/ping.ts';
import { TlsCheck, TlsOnPort } from './checks/tls-handshake.ts';
import { UdpExchange } from './checks/udp.ts';

export { ApplicationEntity } from './checks/dicom-echo.ts';
export { RequestPath } from './checks/http.ts';

const NoCheck = z.strictObject({ kind: z.literal('none') });
const Follow = z.strictObject({ kind: z.literal('follow'), virtualService: VirtualServiceId });
/** As a document says it: the label of a service of the same scope, or the id of any other. */
const FollowDeclared = z.strictObject({ kind: z.literal('follow'), virtualService: Label });

/** What asks the machine, whatever it serves, or in a way that we do not know. */
const ofMachine = [Ping, ExternalCheck] as const;
/** What asks over TCP. */
const overTcp = [ConnectCheck, HttpCheck, TlsCheck, DicomEchoCheck, LdapCheck] as const;
/** The same for a service without TCP. */
const overTcpOnPort = [ConnectOnPort, HttpOnPort, TlsOnPort, DicomEchoOnPort, LdapOnPort] as const;
/** What asks over UDP, on the service's own port unless told otherwise. */
const overUdp = [NetbiosNodeStatus, DnsQuery, UdpExchange] as const;

/** Layer 7, and layer 4 in mode `tcp`. */
export const TcpCheck = z
  .discriminatedUnion('kind', [NoCheck, Follow, ...ofMachine, ...overTcp])
  .meta({ id: 'TcpCheck' });
export type TcpCheck = z.infer<typeof TcpCheck>;

export const TcpUdpCheck = z
  .discriminatedUnion('kind', [NoCheck, Follow, ...ofMachine, ...overTcp, ...overUdp])
  .meta({ id: 'TcpUdpCheck' });
export type TcpUdpCheck = z.infer<typeof TcpUdpCheck>;

/** Mode `udp`: no connect to the service's own port can be written down. */
export const UdpCheck = z
  .discriminatedUnion('kind', [NoCheck, Follow, ...ofMachine, ...overUdp, ...overTcpOnPort])
  .meta({ id: 'UdpCheck' });
export type UdpCheck = z.infer<typeof UdpCheck>;

// The same checks in a document, which knows no ids.
export const DeclaredTcpCheck = z
  .discriminatedUnion('kind', [NoCheck, FollowDeclared, ...ofMachine, ...overTcp])
  .meta({ id: 'DeclaredTcpCheck' });
export const DeclaredTcpUdpCheck = z
  .discriminatedUnion('kind', [NoCheck, FollowDeclared, ...ofMachine, ...overTcp, ...overUdp])
  .meta({ id: 'DeclaredTcpUdpCheck' });
export const DeclaredUdpCheck = z
  .discriminatedUnion('kind', [NoCheck, FollowDeclared, ...ofMachine, ...overUdp, ...overTcpOnPort])
  .meta({ id: 'DeclaredUdpCheck' });

export type HealthCheck = TcpCheck | TcpUdpCheck | UdpCheck;
/** A check that sends something; the other kinds are judged without a probe. */
export type ProbingCheck = Exclude<HealthCheck, { kind: 'none' | 'follow' }>;

/** The secret that a check signs in with, and the field that names it; undefined for a check that signs in nowhere. */
export const secretIn = (
  check: HealthCheck | undefined,
): { readonly field: string; readonly secret: string } | undefined => {
  if (check?.kind === 'http' && check.basicAuth !== undefined) return { field: 'basicAuth', ...check.basicAuth };
  if (check?.kind === 'ldap' && check.bindAs !== undefined) return { field: 'bindAs', ...check.bindAs };
  return undefined;
};
