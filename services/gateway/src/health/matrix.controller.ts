import { type Cluster, machineAt, matrixRows } from '@evenkeel/cluster';
import { HealthMatrix, HealthMatrixQuery, type HealthRow, type VirtualServiceState } from '@evenkeel/contracts';
import { Controller, Get, Query } from '@nestjs/common';
import { ClusterView } from '../book/cluster-view.ts';
import { cursorAt, positionIn } from '../book/pages.ts';
import { Answers, Group } from '../openapi/answers.ts';

@Group('Health')
@Controller('health/matrix')
export class MatrixController {
  constructor(private readonly view: ClusterView) {}

  @Get()
  @Answers(200, HealthMatrix, 'Services against machines: state, reason, since when, who checked and how long it took')
  get(@Query({ schema: HealthMatrixQuery }) query: HealthMatrixQuery): HealthMatrix {
    const cluster = this.view.cluster();
    const { limit, machine, problems } = query;
    const services = servicesAfter(cluster, query);
    const filter = { machine, onlyProblems: problems };
    const rows = matrixRows(cluster, this.view.verdicts(), this.view.observed(), services, filter);
    const found = firstOf(rows, limit + 1);
    const items = found.slice(0, limit);
    const last = items.at(-1);
    const next = found.length > limit && last !== undefined ? { next: cursorAt(numberOf(cluster, last)) } : {};
    const machines = new Set(items.flatMap(({ cells }) => cells.map((cell) => cell.machine)));
    return { revision: cluster.revision, machines: [...machines].toSorted(), items, ...next };
  }
}

/** In the order in which they were made. */
const servicesAfter = (
  cluster: Cluster,
  { application, service, machine, cursor }: HealthMatrixQuery,
): readonly VirtualServiceState[] => {
  const after = cursor === undefined ? 0 : positionIn(cursor);
  const { virtualServices } = cluster;
  const there = machine === undefined ? undefined : machineAt(cluster, machine).map((one) => one.virtualServiceId);
  const ids = there === undefined ? [...virtualServices.keys()] : [...new Set(there)];
  return ids
    .filter((id) => service === undefined || id === service)
    .flatMap((id) => virtualServices.get(id) ?? [])
    .filter(({ number, spec }) => number > after && (application === undefined || spec.application === application))
    .toSorted((a, b) => a.number - b.number);
};

const numberOf = ({ virtualServices }: Cluster, { virtualService }: HealthRow): number =>
  virtualServices.get(virtualService.id)?.number ?? 0;

const firstOf = (rows: Iterable<HealthRow>, count: number): readonly HealthRow[] => {
  const found: HealthRow[] = [];
  for (const row of rows) {
    found.push(row);
    if (found.length === count) break;
  }
  return found;
};
