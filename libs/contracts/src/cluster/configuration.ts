import * as z from 'zod';
import { ClusterName } from '../ids.ts';
import { Label } from '../values.ts';
import { realServersMax } from './commands.ts';
import { declaredContentRules } from './content-rules.ts';
import { DeclaredTcpCheck, DeclaredTcpUdpCheck, DeclaredUdpCheck } from './health-check.ts';
import { RealServerSpec } from './real-server.ts';
import {
  HttpService,
  HttpsRedirect,
  Layer4TcpService,
  TcpService,
  TcpUdpService,
  UdpService,
} from './virtual-service.ts';

const ofScope = { scope: true } as const;
const realServers = z.array(RealServerSpec).max(realServersMax).default([]);

/** Every kind of service as a document declares it: its scope is said once for all, and it follows others by label. */
export const declaredKinds = [
  HttpService.omit(ofScope).extend({
    healthCheck: DeclaredTcpCheck.prefault({ kind: 'connect' }),
    rules: declaredContentRules,
    realServers,
  }),
  HttpsRedirect.omit(ofScope),
  TcpService.omit(ofScope).extend({ healthCheck: DeclaredTcpCheck.prefault({ kind: 'connect' }), realServers }),
  Layer4TcpService.omit(ofScope).extend({ healthCheck: DeclaredTcpCheck.prefault({ kind: 'connect' }), realServers }),
  UdpService.omit(ofScope).extend({ healthCheck: DeclaredUdpCheck.default({ kind: 'none' }), realServers }),
  TcpUdpService.omit(ofScope).extend({ healthCheck: DeclaredTcpUdpCheck.default({ kind: 'none' }), realServers }),
] as const;
const [http, redirect, tcp, layer4Tcp, udp, tcpUdp] = declaredKinds;

export const DeclaredService = z
  .discriminatedUnion('layer', [
    z.discriminatedUnion('mode', [z.discriminatedUnion('action', [http, redirect]), tcp]),
    z.discriminatedUnion('mode', [layer4Tcp, udp, tcpUdp]),
  ])
  .meta({ id: 'DeclaredVirtualService' });
export type DeclaredService = z.infer<typeof DeclaredService>;

/** None where there can be none. */
export const declaredServers = (service: DeclaredService): readonly RealServerSpec[] =>
  'realServers' in service ? service.realServers : [];

// A commit that makes all of them new still fits into one message of the bus.
const servicesMax = 2_000;
const realServersInAllMax = 6_000;

const hasTooMany = (services: readonly DeclaredService[]): boolean =>
  services.reduce((count, service) => count + declaredServers(service).length, 0) > realServersInAllMax;

/**
 * All services of one scope, whole: what is left out has its default. Machines, intents and whether a service is enabled
 * are not part of it.
 */
export const ClusterConfiguration = z
  .strictObject({
    apiVersion: z.literal('evenkeel/v1'),
    kind: z.literal('ClusterConfiguration'),
    metadata: z.strictObject({
      cluster: ClusterName.optional().describe('Refused by any other cluster'),
      scope: Label.describe('The owner of the services; nothing outside it is changed'),
    }),
    virtualServices: z
      .array(DeclaredService)
      .max(servicesMax)
      .refine((services) => !hasTooMany(services), `at most ${realServersInAllMax} real servers in all`),
  })
  .meta({ id: 'ClusterConfiguration' });
export type ClusterConfiguration = z.infer<typeof ClusterConfiguration>;
