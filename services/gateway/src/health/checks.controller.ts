import { CheckerAway, HealthClient } from '@evenkeel/bus';
import { CheckRunAnswer, Checkers, type RunCheckAnswer, RunCheckBody } from '@evenkeel/contracts';
import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ClusterView } from '../book/cluster-view.ts';
import { Answers, Group } from '../openapi/answers.ts';
import { problem } from '../problems/problem-exception.ts';
import { runRefusalToProblem } from '../problems/run-refusal.ts';

@Group('Health')
@Controller('health')
export class ChecksController {
  constructor(
    private readonly view: ClusterView,
    private readonly health: HealthClient,
  ) {}

  @Get('checkers')
  @Answers(200, Checkers, 'The processes that check, with their last sign of life')
  list(): Checkers {
    return { items: [...this.view.checkers()] };
  }

  @Post('checks/run')
  @HttpCode(200)
  @Answers(
    200,
    CheckRunAnswer,
    'Run a check now, from a chosen checker, and see what was said; with a definition, before anybody commits it. Only real ' +
      'servers of the cluster are asked, and it counts for no verdict',
  )
  async run(@Body({ schema: RunCheckBody }) { checker, ...wish }: RunCheckBody): Promise<CheckRunAnswer> {
    this.view.cluster(); // throws while the book is not read
    const answer = await this.health.runCheck(checker ?? this.anyChecker(), wish).catch(checkerAway);
    return { ...runIn(answer), countsForVerdict: false, checkers: [...this.view.checkers()] };
  }

  private anyChecker(): string {
    const live = this.view.checkers().find(({ state }) => state === 'live');
    if (live !== undefined) return live.name;
    throw problem(503, 'no-checker', 'No checker has given a sign of life.', undefined, { retryAfterSeconds: 2 });
  }
}

const runIn = (answer: RunCheckAnswer): Omit<CheckRunAnswer, 'countsForVerdict' | 'checkers'> => {
  switch (answer.kind) {
    case 'done':
      return answer.run;
    case 'refused':
      throw runRefusalToProblem(answer.refusal);
    case 'busy': {
      const { retryAfterSeconds } = answer;
      const detail = 'This checker runs as many checks as it may.';
      throw problem(429, 'checker-busy', detail, undefined, { retryAfterSeconds });
    }
    case 'starting':
      throw problem(503, 'starting', 'This checker has not read the book yet.', undefined, { retryAfterSeconds: 1 });
    default:
      return answer satisfies never;
  }
};

const checkerAway = (failure: unknown): never => {
  if (!(failure instanceof CheckerAway)) throw failure;
  const detail = `The checker ${failure.checker} did not answer: GET /health/checkers lists those that are there.`;
  throw problem(503, 'checker-away', detail, undefined, { retryAfterSeconds: 2 });
};
