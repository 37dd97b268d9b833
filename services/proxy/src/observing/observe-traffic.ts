import { type Cluster, realServersOf } from '@evenkeel/cluster';
import type { NodeName } from '@evenkeel/contracts';
import { layer7ServicesOf, serverName, serviceName, type Traffic } from '@evenkeel/data-plane';
import { watchedCounter } from '@evenkeel/telemetry';

type Seen = { readonly node: NodeName; readonly cluster: () => Cluster | undefined; readonly traffic: Traffic };

/** What the services of the book and their real servers have carried on this node. Returns how to end it. */
export const observeTraffic = ({ node, cluster, traffic }: Seen): (() => void) => {
  const each = (tell: (name: string, labels: Labels) => void): void =>
    namesIn(cluster()).forEach(({ name, ...labels }) => tell(name, { node, ...labels }));
  const ends = [
    watchedCounter('sessions', (observe) => each((name, labels) => observe(labels, traffic.of(name).sessions))),
    watchedCounter('trafficErrors', (observe) => each((name, labels) => observe(labels, traffic.of(name).errors))),
    watchedCounter('traffic', (observe) =>
      each((name, labels) => {
        const { bytesIn, bytesOut } = traffic.of(name);
        observe({ ...labels, direction: 'in' }, bytesIn);
        observe({ ...labels, direction: 'out' }, bytesOut);
      }),
    ),
  ];
  return () => ends.forEach((end) => end());
};

type Labels = { readonly node: NodeName; readonly proxy: string; readonly server: string; readonly service: string };

const namesIn = (cluster: Cluster | undefined): readonly (Omit<Labels, 'node'> & { readonly name: string })[] =>
  cluster === undefined
    ? []
    : layer7ServicesOf(cluster).flatMap(({ id, number, spec }) => {
        const [proxy, service] = [serviceName(number), spec.label];
        const servers = realServersOf(cluster, id).map((server) => serverName(server.number));
        return [
          { name: proxy, proxy, server: '', service },
          ...servers.map((server) => ({ name: server, proxy, server, service })),
        ];
      });
