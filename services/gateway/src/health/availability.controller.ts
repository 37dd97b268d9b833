import {
  AvailabilityQuery,
  AvailabilityReport,
  type RealServerState,
  type VirtualServiceId,
  type VirtualServiceState,
} from '@evenkeel/contracts';
import { type Cluster, machineAt, realServersOf } from '@evenkeel/cluster';
import { Clock } from '@evenkeel/kernel';
import { asMachine, asService, type Period } from '@evenkeel/verdicts';
import { Controller, Get, Query } from '@nestjs/common';
import { ClusterView } from '../book/cluster-view.ts';
import { type Page, pageFrom } from '../book/pages.ts';
import { Answers, Group } from '../openapi/answers.ts';
import { problem } from '../problems/problem-exception.ts';
import { type Asked, Availability } from './availability.ts';

const dayMs = 86_400_000;
const longestDays = 366;

@Group('Health')
@Controller('health/availability')
export class AvailabilityController {
  constructor(
    private readonly view: ClusterView,
    private readonly availability: Availability,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Answers(
    200,
    AvailabilityReport,
    'How much of a period each service, or each machine, was up, down or unknown, by what checks have said; worked out from ' +
      'the journal, and unknown is never up',
  )
  async get(@Query({ schema: AvailabilityQuery }) query: AvailabilityQuery): Promise<AvailabilityReport> {
    const period = periodOf(query, this.clock.nowMs());
    const cluster = this.view.cluster();
    const { items: asked, next } = query.by === 'service' ? servicesIn(cluster, query) : machinesIn(cluster, query);
    const items = await this.availability.of(asked, period);
    const [from, to] = [new Date(period.fromMs).toISOString(), new Date(period.toMs).toISOString()];
    return { from, to, items, ...next };
  }
}

const periodOf = ({ from, to }: AvailabilityQuery, nowMs: number): Period => {
  const toMs = Math.min(nowMs, to === undefined ? nowMs : Date.parse(to));
  const fromMs = from === undefined ? toMs - dayMs : Date.parse(from);
  if (fromMs < toMs && toMs - fromMs <= longestDays * dayMs) return { fromMs, toMs };
  const detail = 'The period has no time in it, or too much.';
  const expected = `from before to, from in the past, ${longestDays} days at the most`;
  throw problem(422, 'bad-period', detail, [{ pointer: 'from', code: 'bad-period', detail, expected }]);
};

const servicesIn = (cluster: Cluster, query: AvailabilityQuery): Page<Asked> => {
  const { service, machine } = query;
  const wanted = [...cluster.virtualServices.values()].filter(({ id }) => service === undefined || id === service);
  const isThere = ({ spec }: RealServerState): boolean => machine === undefined || spec.address === machine;
  const askedOf = ({ id, spec }: VirtualServiceState): Asked => ({
    head: { virtualService: { id, label: spec.label } },
    realServers: realServersOf(cluster, id).filter(isThere),
    judge: asService,
  });
  const held = machine === undefined ? wanted : wanted.filter(({ id }) => realServersOf(cluster, id).some(isThere));
  const { items, next } = pageFrom(held, query, ({ number }) => number);
  return { items: items.map(askedOf), next };
};

const machinesIn = (cluster: Cluster, query: AvailabilityQuery): Page<Asked> => {
  const { service, machine } = query;
  const isOf = (id: VirtualServiceId): boolean => service === undefined || id === service;
  const there = (address: string): readonly RealServerState[] =>
    machineAt(cluster, address).filter(({ virtualServiceId }) => isOf(virtualServiceId));
  const addresses = [...cluster.machines.keys()]
    .filter((address) => (machine === undefined || address === machine) && there(address).length > 0)
    .toSorted((a, b) => asNumber(a) - asNumber(b));
  const { items, next } = pageFrom(addresses, query, asNumber);
  return {
    items: items.map((address) => ({ head: { machine: address }, realServers: there(address), judge: asMachine })),
    next,
  };
};

/** An IPv4 address: a place in the list that no change of the cluster moves. */
const asNumber = (address: string): number =>
  address.split('.').reduce((number, part) => number * 256 + Number(part), 0);
