import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { RealServerResource, VirtualServiceResource } from '@evenkeel/contracts';
import { freePort, until } from '@evenkeel/testing/lab';
import type { Box } from './box.ts';

const vip = '127.0.86.150';
const nodes = ['127.0.86.201', '127.0.86.202', '127.0.86.203'].map((address, index) => ({
  label: `INF_PACS${index + 1}`,
  address,
}));

/** The reference deployment on loopback: five virtual services, three real servers each, which answer the checks of layer 7. */
export type Reference = {
  readonly service: (label: string) => Promise<VirtualServiceResource>;
  readonly realServers: (label: string) => Promise<RealServerResource[]>;
  readonly stop: () => void;
};

export const startReference = async ({ api }: Pick<Box, 'api'>): Promise<Reference> => {
  const [web, dicom, query, mwl, check] = await Promise.all(Array.from({ length: 5 }, () => freePort('0.0.0.0')));
  const servers = await Promise.all(
    nodes.flatMap(({ address }) => [web, dicom, query, mwl].map((port) => listenAt(address, port ?? 0))),
  );
  const parameters = { vipAddress: vip, nodes, ports: { web, dicom, query, mwl, check } };
  await api.call('POST', '/blueprints/infinitt-pacs/instantiate?wait=converged', { parameters });

  const service = async (label: string): Promise<VirtualServiceResource> => {
    const { items } = await api.get<{ items: VirtualServiceResource[] }>('/virtual-services');
    const found = items.find((item) => item.label === label);
    if (found === undefined) throw new Error(`no service ${label}`);
    return found;
  };
  await until('all real servers of layer 7 are up', () => areUp(api), { withinMs: 30_000 });
  return {
    service,
    realServers: async (label) => (await service(label)).realServers,
    stop: () => servers.forEach((server) => server.close()),
  };
};

const listenAt = async (address: string, port: number): Promise<Server> => {
  const server = createServer((_, answer) => void answer.end()).listen(port, address);
  await once(server, 'listening');
  return server;
};

type Overview = {
  readonly services: { readonly method: string; readonly realServers: { readonly verdict: string }[] }[];
};

const areUp = async (api: Box['api']): Promise<boolean> => {
  const { services } = await api.get<Overview>('/overview');
  const rows = services.filter(({ method }) => method === 'Layer 7').flatMap(({ realServers }) => realServers);
  return rows.length > 0 && rows.every(({ verdict }) => verdict === 'up');
};
