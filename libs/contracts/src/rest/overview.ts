import * as z from 'zod';
import { Intent } from '../cluster/real-server.ts';
import { VerdictReason, VerdictState } from '../health/verdict.ts';
import { RealServerId, Revision, VirtualServiceId } from '../ids.ts';
import { PortItem } from '../ports.ts';
import { Address, Label, Timestamp } from '../values.ts';
import { Convergence } from './convergence.ts';
import { Draining } from './draining.ts';

/** A live count, summed over the nodes; null while no node has told. */
const Connections = z.int().min(0).nullable().describe('Open connections on all nodes; null while none has told');

const pending = z.boolean().describe('The last change of it was not yet observed on every node');

export const RealServerWord = z.enum(['up', 'down', 'unknown', 'draining', 'drained', 'halted']);
export type RealServerWord = z.infer<typeof RealServerWord>;

/**
 * Why a real server is as it is: its check, or its operator, or its weight. `votes-split`: several checkers ask, and have seen
 * different things. `verdict-stale`: nobody checks it but the nodes for themselves. `warming`: it has come back, and gets
 * its share of new clients in steps. `drain-deadline`: the deadline of its drain is over, and it cannot be halted yet.
 */
export const RealServerReason = z.enum([
  ...VerdictReason.options,
  'votes-split',
  'verdict-stale',
  'drained-by',
  'halted-by',
  'drain-deadline',
  'weight-zero',
  'warming',
]);
export type RealServerReason = z.infer<typeof RealServerReason>;

/** One real server, in the columns of the reference guide and their order; reason and since follow. */
export const OverviewRealServer = z
  .strictObject({
    id: RealServerId,
    state: RealServerWord,
    label: Label,
    address: Address,
    ports: z.array(PortItem).describe('Where its clients really go: its own port, or those of the service'),
    weight: z.int(),
    connections: Connections,
    intent: Intent,
    /** Checks go on in drain and halt: this tells whether it could return. */
    verdict: VerdictState,
    reason: RealServerReason,
    detail: z.string(),
    since: Timestamp,
    draining: Draining.optional().describe('While it drains'),
    warming: z
      .int()
      .min(1)
      .max(99)
      .optional()
      .describe('While it comes back in a service with slowStart: so many percent of its weight count'),
    pending,
  })
  .meta({ id: 'OverviewRealServer' });
export type OverviewRealServer = z.infer<typeof OverviewRealServer>;

export const ServiceWord = z.enum(['up', 'degraded', 'down', 'disabled']);
export type ServiceWord = z.infer<typeof ServiceWord>;

export const ServiceReason = z.enum([
  'disabled-by',
  'none-available',
  'fallback-serving',
  'rejected-by-node',
  'servers-down',
  'verdicts-unknown',
  'below-watermark',
  'panic-serving-all',
  'panic-serving-none',
  'votes-split',
]);
export type ServiceReason = z.infer<typeof ServiceReason>;

/** One virtual service, in the columns of the reference guide and their order; reasons and available n of m follow. */
export const OverviewService = z
  .strictObject({
    id: VirtualServiceId,
    state: ServiceWord,
    label: Label,
    address: Address,
    ports: z.array(PortItem),
    connections: Connections,
    protocol: z.enum(['TCPUDP', 'HTTP', 'TCP', 'UDP']),
    method: z.enum(['Layer 4', 'Layer 7']),
    mode: z.enum(['SNAT', 'Proxy']),
    action: z
      .literal('redirect-to-https')
      .optional()
      .describe('It sends its clients to HTTPS, and is up without real servers; absent for all others'),
    reasons: z.array(ServiceReason),
    /** The reasons in one sentence, with names; empty when all is well. */
    detail: z.string(),
    available: z.int().min(0),
    of: z.int().min(0).describe('All its real servers'),
    pending,
    realServers: z.array(OverviewRealServer),
  })
  .meta({ id: 'OverviewService' });
export type OverviewService = z.infer<typeof OverviewService>;

/** The System Overview. Layer 4 comes first, as in the reference guide; within a layer, the older service. */
export const Overview = z
  .strictObject({
    revision: Revision,
    convergence: Convergence.describe('Where the nodes are with this revision'),
    services: z.array(OverviewService),
  })
  .meta({ id: 'Overview' });
export type Overview = z.infer<typeof Overview>;
