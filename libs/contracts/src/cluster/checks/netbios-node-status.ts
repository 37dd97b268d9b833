import * as z from 'zod';
import { pace } from './pace.ts';
import { target } from './target.ts';

export const NetbiosNodeStatus = z.strictObject({
  kind: z.literal('netbios-node-status'),
  ...pace('2s', '2s'),
  ...target,
});
