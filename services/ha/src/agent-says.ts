import { HaAnswer, HaQuestion, HaStatus, NodeName } from '@evenkeel/contracts';
import type { News } from '@evenkeel/election';
import * as z from 'zod';
import { Testament } from './testament.ts';

/** What the agent knows of its own status. How it is scheduled its supervisor knows. */
export const AgentStatus = HaStatus.omit({ scheduling: true });
export type AgentStatus = z.infer<typeof AgentStatus>;

/** Names a question that its supervisor hands to the agent. */
const id = z.int().min(1);

/** As it is signed, for the bus. */
const datagram = z.base64();

/** What an agent tells its supervisor. Both are of one version: news is what the agent's rules made. */
export const AgentSays = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('testament'), testament: Testament }),
  z.object({ kind: z.literal('status'), status: AgentStatus }),
  z.object({ kind: z.literal('news'), news: z.custom<News>(), status: AgentStatus }),
  z.object({ kind: z.literal('answer'), id, answer: HaAnswer }),
  z.object({ kind: z.literal('heartbeat'), to: NodeName, datagram }),
]);
export type AgentSays = z.infer<typeof AgentSays>;

/** What a supervisor tells its agent. */
export const SupervisorSays = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('asked'), id, question: HaQuestion }),
  z.object({ kind: z.literal('heartbeat'), datagram }),
]);
export type SupervisorSays = z.infer<typeof SupervisorSays>;
