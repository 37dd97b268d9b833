import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import type { WriteAnswer } from '@evenkeel/contracts';
import { type Lab, type LabHost, makeTempFolder, pacsLab, pacsNetwork, until } from '@evenkeel/testing/lab';
import type { Api } from '../../support/api.ts';
import { RunningNode } from '../../support/node.ts';
import { startFlood } from './flood.ts';
import { startBackEnd, startHandWritten, startNginxProxy, startNodeProxy } from './peers.ts';

const { vip, node: nodeAddress, pacs1, pacs2, pacs3 } = pacsNetwork;
const addresses = [pacs1, pacs2, pacs3];
const backEnds = { addresses, web: 80, dicom: 104 };

/** Where each proxy on the node listens. */
export const listening = {
  ours: { address: vip, web: 80, dicom: 104, layer4: 137 },
  handWritten: { address: nodeAddress, web: 8_080, dicom: 8_104 },
  nginx: { address: nodeAddress, web: 8_081 },
  plainNode: { address: nodeAddress, web: 8_082, dicom: 8_105 },
  /** No proxy at all. */
  direct: { address: pacs1, web: 80, dicom: 104 },
} as const;

/** The lab with three PACS stand-ins, and on one node everything that carries traffic to them. */
export type Deployment = { readonly lab: Lab; readonly client: LabHost; readonly dispose: () => Promise<void> };

export const startDeployment = async (): Promise<Deployment> => {
  const lab = await pacsLab();
  const folder = await makeTempFolder('bench-traffic');
  const dispose = async (): Promise<void> => {
    await lab.dispose();
    await folder.remove();
  };
  try {
    await chmod(folder.path, 0o755); // Postgres and nginx run as users of their own
    const [node, client] = [lab.host('node'), lab.host('client')];
    await node.addAddress(vip);
    for (const host of ['pacs1', 'pacs2', 'pacs3'].map((name) => lab.host(name))) {
      await startBackEnd(host, folder.path, backEnds.web);
      startFlood(host, backEnds.dicom);
    }
    await startHandWritten(node, folder.path, backEnds, listening.handWritten);
    await startNginxProxy(node, folder.path, backEnds, listening.nginx.web);
    startNodeProxy(node, backEnds, listening.plainNode);
    const data = join(folder.path, 'node');
    const { api } = await RunningNode.start({ place: node, data, caller: client, address: nodeAddress });
    await addServices(api);
    return { lab, client, dispose };
  } catch (failure) {
    await dispose();
    throw failure;
  }
};

const addServices = async (api: Api): Promise<void> => {
  const { web, dicom, layer4 } = listening.ours;
  const sourceIp = (timeout: string) => ({ kind: 'source-ip', timeout });
  const persistence = { kind: 'http-cookie-and-source-ip', cookieName: 'SERVERID', timeout: '30m' };
  await add(api, { label: 'INFINITT_Web', ports: [web], layer: 7, mode: 'http', persistence });
  await add(api, { label: 'DICOM', ports: [dicom], layer: 7, mode: 'tcp', persistence: sourceIp('30m') });
  // To the same back ends as DICOM, so that only the way is another.
  const check = { label: 'INFINITT_Check', ports: [layer4], layer: 4, mode: 'tcp', persistence: sourceIp('5m') };
  await add(api, check, { port: backEnds.dicom });
  const areUp = async (): Promise<boolean> => {
    const { body } = await api.get<{ services: { available: number }[] }>('/overview');
    return body.services.every(({ available }) => available === addresses.length);
  };
  await until('all real servers are up', areUp, { withinMs: 30_000 });
};

const add = async (api: Api, service: object, more: object = {}): Promise<void> => {
  const realServers = addresses.map((address, index) => ({ label: `INF_PACS${index + 1}`, address, ...more }));
  const path = '/virtual-services?wait=converged&timeout=10s';
  const { status, body } = await api.post<WriteAnswer>(path, { ...service, address: vip, realServers });
  if (status !== 201 || body.convergence.state !== 'converged') throw new Error(JSON.stringify(body));
};
