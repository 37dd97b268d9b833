import * as z from 'zod';
import { realServersMax } from '../cluster/commands.ts';
import { RealServerSpec } from '../cluster/real-server.ts';
import { IntentState } from '../cluster/snapshot.ts';
import {
  HttpService,
  HttpsRedirect,
  Layer4TcpService,
  TcpService,
  TcpUdpService,
  UdpService,
} from '../cluster/virtual-service.ts';
import { Verdict } from '../health/verdict.ts';
import { RealServerId, Revision, VirtualServiceId } from '../ids.ts';
import { PortItem } from '../ports.ts';
import { Address, Timestamp } from '../values.ts';
import { Draining } from './draining.ts';
import { why } from './write.ts';

/** A real server as it is: its configuration, and the operator's intent. */
export const RealServerResource = RealServerSpec.extend({
  id: RealServerId,
  virtualServiceId: VirtualServiceId,
  /** The revision that last touched it: its ETag. */
  revision: Revision,
  intent: IntentState,
  intentSince: Timestamp,
  intentBy: z.string(),
  intentReason: z.string().optional(),
  /** Live, while it drains. */
  draining: Draining.optional(),
  intentRevision: Revision.optional().describe('The commit that set the intent'),
}).meta({ id: 'RealServer' });
export type RealServerResource = z.infer<typeof RealServerResource>;

const identity = {
  id: VirtualServiceId,
  enabled: z.boolean(),
  duplicatedFrom: VirtualServiceId.optional(),
  /** The revision that last touched the service itself: its ETag. */
  revision: Revision,
  realServers: z.array(RealServerResource),
};

export const VirtualServiceResource = z
  .discriminatedUnion('layer', [
    z.discriminatedUnion('mode', [
      z.discriminatedUnion('action', [HttpService.extend(identity), HttpsRedirect.extend(identity)]),
      TcpService.extend(identity),
    ]),
    z.discriminatedUnion('mode', [
      Layer4TcpService.extend(identity),
      UdpService.extend(identity),
      TcpUdpService.extend(identity),
    ]),
  ])
  .meta({ id: 'VirtualService' });
export type VirtualServiceResource = z.infer<typeof VirtualServiceResource>;

const creation = { realServers: z.array(RealServerSpec).max(realServersMax).default([]), ...why };

/** Every kind of service as it is asked for. */
export const addedKinds = [
  HttpService.extend(creation),
  HttpsRedirect.extend(why),
  TcpService.extend(creation),
  Layer4TcpService.extend(creation),
  UdpService.extend(creation),
  TcpUdpService.extend(creation),
] as const;
const [http, redirect, tcp, layer4Tcp, udp, tcpUdp] = addedKinds;

export const AddVirtualServiceBody = z
  .discriminatedUnion('layer', [
    z.discriminatedUnion('mode', [z.discriminatedUnion('action', [http, redirect]), tcp]),
    z.discriminatedUnion('mode', [layer4Tcp, udp, tcpUdp]),
  ])
  .meta({ id: 'AddVirtualService' });
export type AddVirtualServiceBody = z.infer<typeof AddVirtualServiceBody>;

export const AddRealServerBody = RealServerSpec.extend(why).meta({ id: 'AddRealServer' });
export type AddRealServerBody = z.infer<typeof AddRealServerBody>;

/** A JSON merge patch (RFC 7396) beside the reason: fields left out stay, `null` gives the default back. */
export const PatchBody = z.looseObject(why).meta({ id: 'Patch' });
export type PatchBody = z.infer<typeof PatchBody>;

export const PatchRealServerBody = z
  .looseObject({ ...why, force: z.boolean().default(false) })
  .meta({ id: 'PatchRealServer' });
export type PatchRealServerBody = z.infer<typeof PatchRealServerBody>;

/** Every real server at one address, over all services and both layers. */
export const MachineResource = z
  .strictObject({
    address: Address,
    labels: z.array(z.string()),
    realServers: z.array(
      z.strictObject({
        realServer: RealServerResource,
        virtualService: z.strictObject({
          id: VirtualServiceId,
          label: z.string(),
          ports: z.array(PortItem),
          mode: z.string(),
        }),
        verdict: Verdict.optional(),
      }),
    ),
  })
  .meta({ id: 'Machine' });
export type MachineResource = z.infer<typeof MachineResource>;
