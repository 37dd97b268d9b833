import * as z from 'zod';
import { NodeName, Revision } from '../ids.ts';
import { ApplyMethod, Failing, Layer4Ability, NodeReport, Rejection } from '../nodes/report.ts';
import { Timestamp } from '../values.ts';

/** How far a node is with one revision: has not heard of it, has read it, has nothing against it, was seen to run it. */
export const ConvergenceStage = z.enum(['unheard', 'received', 'validated', 'observed', 'failing']);
export type ConvergenceStage = z.infer<typeof ConvergenceStage>;

/** Where one node is with one revision, by its own reports. */
export const NodeConvergence = z
  .strictObject({
    node: NodeName,
    state: z.enum(['converged', 'pending', 'rejected']),
    stage: ConvergenceStage.describe(
      'failing: an engine refuses, or is out of reach, with this revision or a later one',
    ),
    received: Revision.describe('Newest revision that the node has read'),
    configurationHash: z.string().describe('SHA-256 of what it has rendered for the revision received'),
    validated: Revision.optional().describe(
      'Newest revision that no engine has anything against; older workers do not say',
    ),
    observed: Revision.describe('Newest revision that was seen running'),
    method: ApplyMethod.describe(
      'How the revision came to run; of the newest round while it does not, or nobody remembers',
    ),
    reloadReasons: z.array(z.string()),
    durationMs: z.number(),
    appliedAs: Revision.optional().describe('The revision that it came to run with: itself, or a later one'),
    appliedAt: Timestamp.optional(),
    waitingFor: z.array(z.string()),
    rejection: Rejection.optional(),
    failing: z.array(Failing).describe('Every engine that refuses or is out of reach, in its own words'),
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
  state: z.enum(['live', 'silent', 'left']).describe('left: it was stopped on purpose, and has said so'),
  lag: z.int().min(0).describe('Commits between the book and what was observed running'),
}).meta({ id: 'Node' });
export type NodeResource = z.infer<typeof NodeResource>;
