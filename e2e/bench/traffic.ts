import { unmetNeeds } from '@evenkeel/testing/lab';
import type { BenchRow } from './bench-row.ts';
import { median, ratesInTurns } from './times.ts';
import { type Deployment, listening, startDeployment } from './traffic/deployment.ts';
import { flood } from './traffic/flood.ts';
import { wrk } from './traffic/wrk.ts';

const rounds = 10;
const { ours, handWritten, nginx, plainNode, direct } = listening;

/** What clients get through the VIP, beside others that carry the same from the same host to the same back ends. */
export const run = async (): Promise<BenchRow[]> => {
  const unmet = unmetNeeds('root', 'ip', 'nft', 'wrk', 'nginx');
  if (unmet.length > 0) {
    console.log(`SKIPPED traffic: ${unmet.join('; ')}`);
    return [];
  }
  const deployment = await startDeployment();
  try {
    return [
      ...(await web(deployment, 'HTTP, kept connections', false)),
      ...(await web(deployment, 'HTTP, a new connection each', true)),
      ...(await tcp(deployment)),
      ...(await layer4(deployment)),
    ];
  } finally {
    await deployment.dispose();
  }
};

const web = async ({ client }: Deployment, name: string, isNewEachTime: boolean): Promise<BenchRow[]> => {
  const load = { connections: 16, seconds: 1, isNewEachTime };
  const through = (place: { address: string; web: number }) => () =>
    wrk(client, `http://${place.address}:${place.web}/`, load);
  const rates = await ratesInTurns(rounds, {
    ours: through(ours),
    handWritten: through(handWritten),
    nginx: through(nginx),
    plainNode: through(plainNode),
  });
  return [
    beside('hand-written HAProxy', name, 'requests/s', rates.ours, rates.handWritten, 0.97),
    beside('nginx', name, 'requests/s', rates.ours, rates.nginx),
    beside('plain Node', name, 'requests/s', rates.ours, rates.plainNode),
  ];
};

const tcp = async ({ client }: Deployment): Promise<BenchRow[]> => {
  const through = (place: { address: string; dicom: number }) => () => flood(client, place.address, place.dicom);
  const rates = await ratesInTurns(rounds, {
    ours: through(ours),
    handWritten: through(handWritten),
    plainNode: through(plainNode),
  });
  return [
    beside('hand-written HAProxy', 'TCP, two connections', 'MiB/s', rates.ours, rates.handWritten, 0.97),
    beside('plain Node', 'TCP, two connections', 'MiB/s', rates.ours, rates.plainNode),
  ];
};

/**
 * The node is one more hop, and in the lab a hop costs the same two processors that the ends need. So the row with the
 * target has links of 1 Gbit/s, like those of a modality; the other one shows the price of the hop with nothing to hide it.
 */
const layer4 = async ({ lab, client }: Deployment): Promise<BenchRow[]> => {
  const compare = () =>
    ratesInTurns(rounds, {
      ours: () => flood(client, ours.address, ours.layer4),
      direct: () => flood(client, direct.address, direct.dicom),
    });
  const unlimited = await compare();
  const limit = ['rate', '1gbit', 'burst', '256kb', 'latency', '20ms'];
  const ends = ['node', 'pacs1', 'pacs2', 'pacs3'].map((name) => lab.host(name));
  for (const host of ends) await host.run('tc', ['qdisc', 'add', 'dev', 'eth0', 'root', 'tbf', ...limit]);
  const limited = await compare();
  return [
    beside('direct', 'layer 4, TCP, links of 1 Gbit/s', 'MiB/s', limited.ours, limited.direct, 0.9),
    beside('direct', 'layer 4, TCP, links without a limit', 'MiB/s', unlimited.ours, unlimited.direct),
  ];
};

/** The ratio is the median over the rounds: both sides of one were measured within seconds. */
const beside = (
  peer: string,
  name: string,
  unit: string,
  us: readonly number[],
  them: readonly number[],
  atLeast?: number,
): BenchRow => {
  const ratio = median(us.map((rate, round) => rate / (them[round] ?? NaN)));
  const row = { name, value: median(us), unit, peer: { name: peer, value: median(them) }, ratio };
  return atLeast === undefined ? row : { ...row, target: `at least ${atLeast} × ${peer}`, met: ratio >= atLeast };
};
