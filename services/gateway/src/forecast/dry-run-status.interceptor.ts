import type { Forecast } from '@evenkeel/contracts';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Response } from 'express';
import { type Observable, tap } from 'rxjs';

/** 200 for a forecast, also where the write itself would answer 201: nothing was made. */
export class DryRunStatus implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const response = context.switchToHttp().getResponse<Response>();
    return next.handle().pipe(
      tap((answer) => {
        if (isForecast(answer)) response.status(200);
      }),
    );
  }
}

const isForecast = (answer: unknown): answer is Forecast =>
  typeof answer === 'object' && answer !== null && 'dryRun' in answer;
