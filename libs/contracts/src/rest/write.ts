import * as z from 'zod';
import { ChangeSummary } from '../cluster/change-summary.ts';
import { LintFinding } from '../cluster/lint.ts';
import { DuplicateReview } from '../cluster/review.ts';
import { DrainDeadline } from '../cluster/commands.ts';
import { DrainClients, HaltConnections } from '../cluster/real-server.ts';
import { Revision } from '../ids.ts';
import { Label, Reason, Ticket } from '../values.ts';
import { Convergence } from './convergence.ts';

/** Why, in every body of a write. */
export const why = { reason: Reason.optional(), ticket: Ticket.optional() };

const force = z
  .boolean()
  .default(false)
  .describe('Accept that a service is left without an available server, or below its watermark; needs a reason');

const until = z.iso
  .datetime({ offset: true })
  .overwrite((written) => (Number.isNaN(Date.parse(written)) ? written : new Date(written).toISOString()))
  .optional()
  .describe('When it comes back online by itself, at most 30 days ahead: 2026-05-04T06:00:00+02:00');

export const WhyBody = z.strictObject(why).meta({ id: 'Why' });
export type WhyBody = z.infer<typeof WhyBody>;

export const DrainBody = z
  .strictObject({
    clients: DrainClients.default('keep').describe('Whether clients that persistence ties to it keep coming'),
    deadline: DrainDeadline.optional().describe(
      'How long open connections may go on, from now: 30m. Then it is halted and they are shut; without one they end by themselves',
    ),
    until,
    force,
    ...why,
  })
  .meta({ id: 'Drain' });
export type DrainBody = z.infer<typeof DrainBody>;

export const HaltBody = z
  .strictObject({ connections: HaltConnections.default('close'), until, force, ...why })
  .meta({ id: 'Halt' });
export type HaltBody = z.infer<typeof HaltBody>;

export const OnlineBody = z
  .strictObject({ whenUp: z.boolean().default(false).describe('Refuse unless the last verdict is up'), ...why })
  .meta({ id: 'Online' });
export type OnlineBody = z.infer<typeof OnlineBody>;

/** The new label, and a merge patch of everything else that must differ. */
export const DuplicateBody = z
  .strictObject({ label: Label, overrides: z.record(z.string().max(64), z.json()).default({}), ...why })
  .meta({ id: 'Duplicate' });
export type DuplicateBody = z.infer<typeof DuplicateBody>;

export const BlueprintBody = z
  .strictObject({ parameters: z.record(z.string().max(64), z.json()), ...why })
  .meta({ id: 'BlueprintParameters' });
export type BlueprintBody = z.infer<typeof BlueprintBody>;

export const ApplyBody = z
  .strictObject({
    document: z.record(z.string().max(64), z.json()).describe('A ClusterConfiguration, as GET /configuration gives it'),
    prune: z.boolean().default(false).describe('Remove the services of the scope that the document does not name'),
    force: z
      .boolean()
      .default(false)
      .describe(
        'Remove more than the settings allow at once, and accept that a service is left without an available server, or below its watermark; needs a reason',
      ),
    ...why,
  })
  .meta({ id: 'Apply' });
export type ApplyBody = z.infer<typeof ApplyBody>;

export const RevertBody = z.strictObject({ force, ...why }).meta({ id: 'Revert' });
export type RevertBody = z.infer<typeof RevertBody>;

/** Query fields of every write. */
export const WriteQuery = z.strictObject({
  /** `converged`: hold the answer until every live node has seen the revision, or the time is over. */
  wait: z.enum(['converged']).optional(),
  timeout: z
    .string()
    .regex(/^(\d{1,6})(ms|s)$|^1m$/, 'at most 1m: 500ms, 5s')
    .default('5s'),
  /** Say what the write would do, and do nothing. */
  dryRun: z.stringbool().default(false),
});
export type WriteQuery = z.infer<typeof WriteQuery>;

/** DELETE has no body, so what a body would carry is in the query. */
export const DeleteQuery = WriteQuery.extend(why);
export type DeleteQuery = z.infer<typeof DeleteQuery>;
export const RealServerDeleteQuery = DeleteQuery.extend({ force: z.stringbool().default(false) });
export type RealServerDeleteQuery = z.infer<typeof RealServerDeleteQuery>;

/** The answer to every write. */
export const WriteAnswer = z
  .strictObject({
    revision: Revision,
    /** False: nothing had to change, and no commit was made. */
    changed: z.boolean(),
    /** Where the commit can be read. */
    commit: z.string(),
    /** The thing as it is now; absent after a removal and after writes that touch many. */
    resource: z.json().optional(),
    review: DuplicateReview.optional(),
    /** What an apply or a revert did, by label. */
    summary: ChangeSummary.optional(),
    lint: z.array(LintFinding),
    convergence: Convergence,
  })
  .meta({ id: 'WriteAnswer' });
export type WriteAnswer = z.infer<typeof WriteAnswer>;
