import * as z from 'zod';
import { ProbeResult, VerdictState } from '../health/verdict.ts';
import { RealServerId, Revision, VirtualServiceId } from '../ids.ts';
import { Address, Label, Timestamp } from '../values.ts';
import { VerdictEntry } from './journal.ts';
import { ListQuery } from './lists.ts';
import { RealServerReason, RealServerWord } from './overview.ts';

/** One real server: where a service and a machine meet. Whatever its state, its reason is with it. */
export const HealthCell = z
  .strictObject({
    realServerId: RealServerId,
    label: Label,
    machine: Address,
    state: RealServerWord,
    verdict: VerdictState,
    reason: RealServerReason,
    detail: z.string(),
    since: Timestamp,
    checker: z.string().optional().describe('Who judged last; absent before anybody has'),
    lastResult: z
      .strictObject({ at: Timestamp, latencyMs: z.number().min(0) })
      .optional()
      .describe('When it was last asked, as far as the verdict tells, and how long the answer took'),
  })
  .meta({ id: 'HealthCell' });
export type HealthCell = z.infer<typeof HealthCell>;

export const HealthRow = z
  .strictObject({
    virtualService: z.strictObject({ id: VirtualServiceId, label: Label, application: z.string().optional() }),
    enabled: z.boolean(),
    check: z.strictObject({ kind: z.string(), interval: z.string().optional() }),
    cells: z.array(HealthCell),
  })
  .meta({ id: 'HealthRow' });
export type HealthRow = z.infer<typeof HealthRow>;

/** A page of services; `machines` are the columns of this page. */
export const HealthMatrix = z
  .strictObject({
    revision: Revision,
    machines: z.array(Address),
    items: z.array(HealthRow),
    next: z.string().optional(),
  })
  .meta({ id: 'HealthMatrix' });
export type HealthMatrix = z.infer<typeof HealthMatrix>;

export const HealthMatrixQuery = ListQuery.extend({
  application: z.string().max(64).optional(),
  service: VirtualServiceId.optional(),
  machine: Address.optional(),
  problems: z.stringbool().default(false).describe('Only real servers that are not up'),
});
export type HealthMatrixQuery = z.infer<typeof HealthMatrixQuery>;

/** One real server: what is said of it now, with the newest results, and how that has changed, the newest change first. */
export const HealthHistory = z
  .strictObject({
    virtualService: z.strictObject({ id: VirtualServiceId, label: Label }),
    now: HealthCell,
    results: z.array(ProbeResult).describe('The newest results, last one last, 20 at the most'),
    changes: z.array(VerdictEntry),
    next: z.string().optional(),
  })
  .meta({ id: 'HealthHistory' });
export type HealthHistory = z.infer<typeof HealthHistory>;

export const HealthHistoryQuery = ListQuery.extend({ from: Timestamp.optional(), to: Timestamp.optional() });
export type HealthHistoryQuery = z.infer<typeof HealthHistoryQuery>;
