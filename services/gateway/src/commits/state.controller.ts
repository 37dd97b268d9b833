import { ConfigClient } from '@evenkeel/bus';
import { toSnapshot } from '@evenkeel/cluster';
import { clusterLog, type ClusterSnapshot, type Revision, StateQuery, StateResource } from '@evenkeel/contracts';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ClusterView } from '../book/cluster-view.ts';
import { Answers, Group } from '../openapi/answers.ts';
import { problem } from '../problems/problem-exception.ts';
import { type GatewaySettings, SETTINGS } from '../settings.ts';

@Group('Commits')
@Controller('state')
export class StateController {
  constructor(
    private readonly config: ConfigClient,
    private readonly view: ClusterView,
    @Inject(SETTINGS) private readonly settings: GatewaySettings,
  ) {}

  @Get()
  @Answers(
    200,
    StateResource,
    'The whole configuration as it was at a revision or a time, intents included; now without `at`',
  )
  async get(@Query({ schema: StateQuery }) { at }: StateQuery): Promise<ClusterSnapshot> {
    if (at === undefined) return toSnapshot(this.view.cluster());
    const moment = typeof at === 'number' ? { revision: at as Revision } : { time: at };
    const answer = await this.config.state({ log: clusterLog(this.settings.cluster), at: moment });
    if (answer.ok) return answer.value;
    throw problem(404, 'unknown-revision', `There is no revision ${at}; the newest is ${answer.refusal.head}.`);
  }
}
