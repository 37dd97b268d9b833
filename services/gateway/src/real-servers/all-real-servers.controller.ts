import { ListQuery, pageOf, RealServerResource } from '@evenkeel/contracts';
import { Controller, Get, Query } from '@nestjs/common';
import type * as z from 'zod';
import { ClusterView } from '../book/cluster-view.ts';
import { pageFrom } from '../book/pages.ts';
import { realServerResource } from '../book/resources.ts';
import { Answers, Group } from '../openapi/answers.ts';

const Page = pageOf(RealServerResource, 'RealServerPage');

@Group('Real servers')
@Controller('real-servers')
export class AllRealServersController {
  constructor(private readonly view: ClusterView) {}

  @Get()
  @Answers(200, Page, 'The real servers of all virtual services, in the order in which they were made')
  list(@Query({ schema: ListQuery }) query: ListQuery): z.infer<typeof Page> {
    const all = [...this.view.cluster().realServers.values()].toSorted((a, b) => a.number - b.number);
    const { items, next } = pageFrom(all, query, ({ number }) => number);
    const drains = this.view.drains();
    return { items: items.map((realServer) => realServerResource(realServer, drains)), ...next };
  }
}
