import * as z from 'zod';
import { RealServerId, VirtualServiceId } from '../ids.ts';
import { Address, Label, Timestamp } from '../values.ts';
import { ListQuery } from './lists.ts';

const ms = z.int().min(0);

/** How much of a period was what: the three add up to it. */
export const AvailabilityShares = z
  .strictObject({
    upMs: ms,
    downMs: ms,
    unknownMs: ms.describe('Nobody had judged it, nobody checked, or what was seen got lost'),
    availability: z.number().min(0).max(1).nullable().describe('up of up and down; null when neither is known'),
    outages: z.int().min(0),
    longestOutageMs: ms,
  })
  .meta({ id: 'AvailabilityShares' });
export type AvailabilityShares = z.infer<typeof AvailabilityShares>;

export const AvailabilityOfRealServer = AvailabilityShares.extend({
  realServerId: RealServerId,
  label: Label,
  machine: Address,
  virtualService: z.strictObject({ id: VirtualServiceId, label: Label }),
}).meta({ id: 'AvailabilityOfRealServer' });
export type AvailabilityOfRealServer = z.infer<typeof AvailabilityOfRealServer>;

export const AvailabilityItem = AvailabilityShares.extend({
  virtualService: z.strictObject({ id: VirtualServiceId, label: Label }).optional(),
  machine: Address.optional(),
  realServers: z.array(AvailabilityOfRealServer),
}).meta({ id: 'AvailabilityItem' });
export type AvailabilityItem = z.infer<typeof AvailabilityItem>;

/** By what checks have said; drains and halts are no outage. Of what is in the book now. */
export const AvailabilityReport = z
  .strictObject({
    from: Timestamp,
    to: Timestamp,
    items: z.array(AvailabilityItem),
    next: z.string().optional(),
  })
  .meta({ id: 'AvailabilityReport' });
export type AvailabilityReport = z.infer<typeof AvailabilityReport>;

export const AvailabilityQuery = ListQuery.extend({
  by: z
    .enum(['service', 'machine'])
    .default('service')
    .describe('A service is up while one of its real servers is; a machine, while all that runs on it is'),
  from: Timestamp.optional().describe('A day before `to`'),
  to: Timestamp.optional().describe('Now'),
  service: VirtualServiceId.optional(),
  machine: Address.optional(),
});
export type AvailabilityQuery = z.infer<typeof AvailabilityQuery>;
