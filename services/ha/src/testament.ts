import { NodeName } from '@evenkeel/contracts';
import * as z from 'zod';

/** What to send, to whom and where, when this agent has ended: signed by it in advance, so that nobody else needs its keys. */
export const Testament = z.object({
  words: z.array(z.object({ node: NodeName, address: z.ipv4(), datagram: z.base64() })),
});
export type Testament = z.infer<typeof Testament>;
