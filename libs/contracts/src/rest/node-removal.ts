import * as z from 'zod';
import { NodeName } from '../ids.ts';
import { why } from './write.ts';

/** Of a DELETE of a node. It makes no commit, so there is no revision to wait for and none to have read. */
export const NodeDeleteQuery = z.strictObject({
  dryRun: z.stringbool().default(false).describe('Make every check and say what it would do; nothing is done'),
  ...why,
});
export type NodeDeleteQuery = z.infer<typeof NodeDeleteQuery>;

export const NodeRemoval = z
  .strictObject({
    node: NodeName,
    dryRun: z.boolean(),
    state: z
      .enum(['silent', 'left', 'unheard'])
      .describe('What it was last; unheard: this gateway has never heard it, and others still share tables with it'),
    droppedBy: z
      .array(NodeName)
      .describe(
        'Live nodes that shared tables with it: each goes on without it, with one reload that forgets no client',
      ),
    journal: z.string().optional().describe('Id of the record in the journal; absent in a dry run'),
  })
  .meta({ id: 'NodeRemoval' });
export type NodeRemoval = z.infer<typeof NodeRemoval>;
