import type { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import { serveDocumentation } from './openapi/document.ts';
import { jsonOnly } from './problems/json-only.ts';

/** Bodies larger than this are refused before they are read. */
const bodyMax = '1mb';

/** What every request passes: limits, headers, paths. The same in production and in tests. */
export const configureApp = (app: NestExpressApplication): void => {
  app.setGlobalPrefix('api/v1');
  app.use(jsonOnly);
  app.useBodyParser('json', { limit: bodyMax, strict: true });
  app.disable('x-powered-by');
  app.disable('etag'); // an ETag of ours is a revision, and is set where there is one
  app.use(helmet({ hsts: false, referrerPolicy: { policy: 'no-referrer' } })); // HSTS would cover every port of the host
  serveDocumentation(app);
};
