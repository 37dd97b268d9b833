import * as z from 'zod';
import { NodeName, Revision } from '../ids.ts';
import { ApplyMethod, Layer4Ability, NodeReport, Rejection } from '../nodes/report.ts';
import { Timestamp } from '../values.ts';

/** Where one node is with one revision, by its own last report. */
export const NodeConvergence = z
  .strictObject({
    node: NodeName,
    state: z.enum(['converged', 'pending', 'rejected']),
    received: Revision,
    observed: Revision,
    method: ApplyMethod,
    reloadReasons: z.array(z.string()),
    durationMs: z.number(),
    configurationHash: z.string(),
    waitingFor: z.array(z.string()),
    rejection: Rejection.optional(),
    layer4: Layer4Ability,
    reportedAt: Timestamp,
  })
  .meta({ id: 'NodeConvergence' });
export type NodeConvergence = z.infer<typeof NodeConvergence>;

/** `converged`: every live node has seen the revision, or a later one, running. Without a live node nothing converges. */
export const Convergence = z
  .strictObject({
    revision: Revision,
    state: z.enum(['converged', 'pending', 'rejected']),
    nodes: z.array(NodeConvergence),
    /** Nodes that have not reported for some seconds; they are not waited for. */
    silent: z.array(NodeName),
  })
  .meta({ id: 'Convergence' });
export type Convergence = z.infer<typeof Convergence>;

export const NodeResource = NodeReport.extend({
  state: z.enum(['live', 'silent']),
  lag: z.int().min(0).describe('Commits between the book and what was observed running'),
}).meta({ id: 'Node' });
export type NodeResource = z.infer<typeof NodeResource>;
