import type { ClusterEvent, RealServerId, TcpService } from '@evenkeel/contracts';
import { aRealServerSpec, aServiceSpec, realServerId, virtualServiceId } from '@evenkeel/testing';
import type * as z from 'zod';

/** As many as a large service has; a commit should not be larger. */
const perService = 500;

export type CheckedServer = { readonly id: RealServerId; readonly address: string };

/** Addresses of this machine, each another one: 127.87.0.1 and what follows. */
export const checkedServers = (count: number): readonly CheckedServer[] =>
  Array.from({ length: count }, (_, index) => ({
    id: realServerId(services(count) + 1 + index),
    address: `127.87.${Math.floor(index / 250)}.${1 + (index % 250)}`,
  }));

/** The commits that put them into the book, all at one port and checked alike. */
export const commitsWith = (
  servers: readonly CheckedServer[],
  port: number,
  healthCheck: z.input<typeof TcpService>['healthCheck'],
): ClusterEvent[][] =>
  Array.from({ length: services(servers.length) }, (_, index) => {
    const number = index + 1;
    const service = aServiceSpec({ label: `S${number}`, ports: [number], healthCheck });
    const its = servers.slice(index * perService, number * perService);
    return [
      { kind: 'VirtualServiceAdded', virtualServiceId: virtualServiceId(number), number, service },
      ...its.map(({ id, address }, place): ClusterEvent => ({
        kind: 'RealServerAdded',
        virtualServiceId: virtualServiceId(number),
        realServerId: id,
        number: services(servers.length) + 1 + index * perService + place,
        realServer: aRealServerSpec({ label: `R${place + 1}`, address, port }),
      })),
    ];
  });

const services = (count: number): number => Math.ceil(count / perService);
