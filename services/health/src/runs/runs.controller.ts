import { RunCheck, type RunCheckAnswer, runCheckPattern } from '@evenkeel/contracts';
import { Controller, type Type } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { CheckRuns } from './check-runs.ts';

/** Answers for one checker: whoever asks chooses from where a check is run. */
export const runsControllerOf = (checker: string): Type => {
  @Controller()
  class RunsController {
    constructor(private readonly runs: CheckRuns) {}

    @MessagePattern(runCheckPattern(checker))
    run(@Payload() message: unknown): Promise<RunCheckAnswer> {
      return this.runs.run(RunCheck.parse(message));
    }
  }
  return RunsController;
};
