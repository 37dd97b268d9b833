import { HaStatus } from '@evenkeel/contracts';
import type { News } from '@evenkeel/election';
import * as z from 'zod';
import { Testament } from './testament.ts';

/** What the agent knows of its own status. How it is scheduled its supervisor knows. */
export const AgentStatus = HaStatus.omit({ scheduling: true });
export type AgentStatus = z.infer<typeof AgentStatus>;

/** What an agent tells its supervisor. Both are of one version: news is what the agent's rules made. */
export const AgentSays = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('testament'), testament: Testament }),
  z.object({ kind: z.literal('status'), status: AgentStatus }),
  z.object({ kind: z.literal('news'), news: z.custom<News>(), status: AgentStatus }),
]);
export type AgentSays = z.infer<typeof AgentSays>;
