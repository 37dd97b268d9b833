import { type Actor, NodeDeleteQuery, NodeName, NodeRemoval, NodeResource } from '@evenkeel/contracts';
import { presenceOf } from '@evenkeel/data-plane';
import { Clock } from '@evenkeel/kernel';
import { Controller, Delete, Get, Param, Query } from '@nestjs/common';
import * as z from 'zod';
import { AskingActor } from '../book/asking.ts';
import { ClusterView } from '../book/cluster-view.ts';
import { Answers, Group } from '../openapi/answers.ts';
import { problem } from '../problems/problem-exception.ts';
import { NodeRemovals } from './node-removals.ts';

const Path = z.strictObject({ node: NodeName });
type Path = z.infer<typeof Path>;
const Nodes = z.strictObject({ items: z.array(NodeResource) }).meta({ id: 'Nodes' });

@Group('Nodes')
@Controller('nodes')
export class NodesController {
  constructor(
    private readonly view: ClusterView,
    private readonly removals: NodeRemovals,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Answers(200, Nodes, 'Every proxy node: what it has received, what it was seen to run, and what it waits for')
  list(): z.infer<typeof Nodes> {
    const head = this.view.cluster().revision;
    const nowMs = this.clock.monotonicMs();
    const items = [...this.view.fleet().values()].map((node) => ({
      ...node.report,
      state: presenceOf(node, nowMs),
      lag: Math.max(0, head - node.report.observed),
    }));
    return { items: items.toSorted((a, b) => a.node.localeCompare(b.node)) };
  }

  @Get(':node')
  @Answers(200, NodeResource, 'One node')
  get(@Param({ schema: Path }) { node }: Path): NodeResource {
    const found = this.list().items.find((item) => item.node === node);
    if (found === undefined) throw problem(404, 'unknown-node', `No node ${node} has reported.`);
    return found;
  }

  @Delete(':node')
  @Answers(200, NodeRemoval, 'Forget a node that is gone for good; one that comes back all the same simply joins again')
  forget(
    @AskingActor() actor: Actor,
    @Param({ schema: Path }) { node }: Path,
    @Query({ schema: NodeDeleteQuery }) query: NodeDeleteQuery,
  ): Promise<NodeRemoval> {
    return this.removals.forget(node, actor, query);
  }
}
