import { overviewOf } from '@evenkeel/cluster';
import { Overview } from '@evenkeel/contracts';
import { Controller, Get } from '@nestjs/common';
import { ClusterView } from '../book/cluster-view.ts';
import { Answers, Group } from '../openapi/answers.ts';

@Group('Overview')
@Controller('overview')
export class OverviewController {
  constructor(private readonly view: ClusterView) {}

  @Get()
  @Answers(200, Overview, 'System overview: every virtual service with its real servers, state, reason and connections')
  get(): Overview {
    const cluster = this.view.cluster();
    const { revision, services } = overviewOf(cluster, this.view.verdicts(), this.view.observed());
    return { revision, convergence: this.view.convergence(revision), services };
  }
}
