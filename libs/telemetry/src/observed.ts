import type { LoggerService } from '@nestjs/common';
import { HealthParts } from './health/health-parts.ts';
import { type Log, silentLog } from './log/log.ts';
import { nestLogger } from './log/nest-logger.ts';

/** What a service is observed by. Its metrics and spans need nothing from here: they go to the SDK, if there is one. */
export type Observed = {
  readonly log: Log;
  /** For everything of Nest in this process. */
  readonly nest: LoggerService;
  readonly health: HealthParts;
};

/** For whoever starts a service and does not look. */
export const unobserved: Observed = { log: silentLog, nest: nestLogger(silentLog), health: new HealthParts() };
