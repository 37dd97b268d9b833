import * as z from 'zod';
import { Timestamp } from '../values.ts';

/** How far a drain has come. */
export const Draining = z
  .strictObject({
    connections: z.int().min(0).nullable().describe('Still open, on all nodes; null while one of them has not told'),
    oldest: Timestamp.optional().describe('When the oldest of them came; layer 7 only'),
    deadline: Timestamp.optional().describe('When the rest is shut'),
  })
  .meta({ id: 'Draining' });
export type Draining = z.infer<typeof Draining>;
