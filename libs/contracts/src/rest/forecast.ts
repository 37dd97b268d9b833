import * as z from 'zod';
import { ClusterCommand } from '../cluster/commands.ts';
import { NodeName } from '../ids.ts';
import { NodeForecast } from '../nodes/forecast.ts';
import { commandsMax, Rehearsal } from '../rpc/config.ts';
import { why } from './write.ts';

/** Commands as the book takes them, each decided on top of the one before. */
export const ForecastBody = z
  .strictObject({ commands: z.array(ClusterCommand).min(1).max(commandsMax), ...why })
  .meta({ id: 'ForecastRequest' });
export type ForecastBody = z.infer<typeof ForecastBody>;

/** What a write would do. Nothing of it was done, and nothing was stored. */
export const Forecast = Rehearsal.extend({
  dryRun: z.literal(true),
  nodes: z.array(NodeForecast),
  /** Nodes that have not reported for some seconds; nothing is said about them. */
  silent: z.array(NodeName),
}).meta({ id: 'Forecast' });
export type Forecast = z.infer<typeof Forecast>;
