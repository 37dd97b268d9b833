import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import type { RealServerResource, VirtualServiceResource, WriteAnswer } from '@evenkeel/contracts';
import {
  curl,
  type BackEnd,
  type CurlAnswer,
  type Lab,
  type LabHost,
  makeTempFolder,
  type Pacs,
  pacsLab,
  pacsNetwork,
  startPacs,
  startWebServer,
  type TempFolder,
  until,
} from '@evenkeel/testing/lab';
import type { Api, ApiAnswer } from '../support/api.ts';
import { RunningNode } from '../support/node.ts';

export const vip = pacsNetwork.vip;
export const machines = [
  { label: 'INF_PACS1', address: pacsNetwork.pacs1, host: 'pacs1' },
  { label: 'INF_PACS2', address: pacsNetwork.pacs2, host: 'pacs2' },
  { label: 'INF_PACS3', address: pacsNetwork.pacs3, host: 'pacs3' },
] as const;
export type Machine = (typeof machines)[number];

/** What a machine must have for it. */
export const hospitalNeeds = ['root', 'ip', 'curl', 'Orthanc', 'nmbd'] as const;

/** The reference deployment, alive: a client, one Evenkeel node with the VIP, three PACS, the INFINITT blueprint applied. */
export class Hospital {
  private readonly revived: BackEnd[] = [];

  private constructor(
    readonly lab: Lab,
    readonly data: TempFolder,
    readonly pacs: Pacs[],
    private running: RunningNode,
  ) {}

  /** Every lab host that is opened must be disposed. Takes some ten seconds. */
  static async open(parameters: object = {}): Promise<Hospital> {
    const lab = await pacsLab();
    const data = await makeTempFolder('hospital');
    try {
      await chmod(data.path, 0o755); // Postgres runs as a user of its own
      await lab.host('node').addAddress(vip);
      const [running, pacs] = await Promise.all([startNode(lab, data), startAllPacs(lab)]);
      const hospital = new Hospital(lab, data, pacs, running);
      await hospital.applyBlueprint(parameters);
      return hospital;
    } catch (failure) {
      await lab.dispose();
      await data.remove();
      throw failure;
    }
  }

  get api(): Api {
    return this.running.api;
  }

  get node(): RunningNode {
    return this.running;
  }

  get client(): LabHost {
    return this.lab.host('client');
  }

  /** Stops the node cleanly and starts it again on the same data. */
  async restartNode(): Promise<void> {
    await this.running.stop();
    this.running = await startNode(this.lab, this.data);
  }

  /** Starts the node again after it was killed. */
  async startNodeAgain(): Promise<void> {
    this.running = await startNode(this.lab, this.data);
  }

  /** A web server again where one was killed. */
  async reviveWeb(index: number): Promise<void> {
    const machine = machines[index];
    if (machine === undefined) throw new Error(`no machine ${index}`);
    const { label: name, address, host } = machine;
    this.revived.push(await startWebServer({ place: this.lab.host(host), address, port: 80, name }));
  }

  async dispose(): Promise<void> {
    await Promise.all(this.revived.map((one) => one.stop()));
    await Promise.all(this.pacs.map((one) => one.stop()));
    await this.running.stop();
    await this.lab.dispose();
    await this.data.remove();
  }

  /** The web page through the VIP, as a browser that holds `cookie`. */
  page(cookie?: string, port = 80): Promise<CurlAnswer> {
    return curl(this.client, `http://${vip}:${port}/`, cookie === undefined ? {} : { headers: { Cookie: cookie } });
  }

  async service(label: string): Promise<VirtualServiceResource> {
    const { body } = await this.api.get<{ items: VirtualServiceResource[] }>('/virtual-services');
    const found = body.items.find((service) => service.label === label);
    if (found === undefined) throw new Error(`no service ${label}`);
    return found;
  }

  async realServer(service: string, machine: Machine): Promise<RealServerResource> {
    const found = (await this.service(service)).realServers.find(({ address }) => address === machine.address);
    if (found === undefined) throw new Error(`${service} has no ${machine.label}`);
    return found;
  }

  /** A write that must succeed, and must be seen running on the node before it answers. */
  async write(
    method: string,
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<WriteAnswer> {
    const answer = await this.api.call<WriteAnswer>(method, `${path}?wait=converged&timeout=10s`, { body, headers });
    expectConverged(answer, `${method} ${path}`);
    return answer.body;
  }

  /** Waits until the health checks see every real server as `verdict`. */
  async allAre(verdict: 'up' | 'down', labels: readonly string[] = machines.map(({ label }) => label)): Promise<void> {
    await until(
      `${labels.join(', ')} are ${verdict}`,
      async () => {
        const { body } = await this.api.get<Overview>('/overview');
        const rows = body.services
          .flatMap(({ realServers }) => realServers)
          .filter(({ label }) => labels.includes(label));
        return rows.length > 0 && rows.every((row) => row.verdict === verdict);
      },
      { withinMs: 30_000 },
    );
  }

  private async applyBlueprint(parameters: object): Promise<void> {
    const nodes = machines.map(({ label, address }) => ({ label, address }));
    await this.write('POST', '/blueprints/infinitt-pacs/instantiate', {
      parameters: { vipAddress: vip, nodes, ...parameters },
      reason: 'journey',
    });
  }
}

type Overview = { services: { label: string; realServers: { label: string; verdict: string }[] }[] };

const expectConverged = ({ status, body }: ApiAnswer<WriteAnswer>, what: string): void => {
  if (status >= 300 || body.convergence.state !== 'converged')
    throw new Error(`${what}: ${status} ${JSON.stringify(body)}`);
};

const startNode = (lab: Lab, data: TempFolder): Promise<RunningNode> =>
  RunningNode.start({
    place: lab.host('node'),
    data: join(data.path, 'node'),
    caller: lab.host('client'),
    address: pacsNetwork.node,
    variables: { EVENKEEL_NODE: 'lb-a' },
  });

const startAllPacs = (lab: Lab): Promise<Pacs[]> =>
  Promise.all(machines.map(({ label, address, host }) => startPacs({ place: lab.host(host), address, name: label })));
