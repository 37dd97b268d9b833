import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Response } from 'express';
import { type Observable, tap } from 'rxjs';
import type { ClusterView } from './cluster-view.ts';

/** `Evenkeel-Revision`: the revision from which an answer was made. */
export class RevisionHeader implements NestInterceptor {
  constructor(private readonly view: ClusterView) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const response = context.switchToHttp().getResponse<Response>();
    const tell = (): void => {
      if (this.view.isReady()) response.setHeader('Evenkeel-Revision', this.view.cluster().revision);
    };
    return next.handle().pipe(tap(tell));
  }
}
