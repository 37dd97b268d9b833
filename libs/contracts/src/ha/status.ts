import * as z from 'zod';
import { NodeName } from '../ids.ts';
import { Address, Reason, sentence, Timestamp } from '../values.ts';

// What one node says of its part in the election. Ages are in milliseconds at `time`, by that node's own clock: nobody need
// compare clocks to read them.

/** `active`: its kernel answers for the addresses. */
export const HaRole = z.enum(['active', 'standby']);
export type HaRole = z.infer<typeof HaRole>;

/** Names the addresses that move together. */
export const HaGroupName = sentence(63);

const ageMs = z.number().min(0);

/** What a node knows of another one. What was never heard is not there. */
export const HaPeer = z
  .strictObject({
    node: NodeName,
    rank: z.int().min(0).describe('The smaller is preferred when nobody serves'),
    isLive: z.boolean().describe('Heard within the time after which silence counts, and it has not said its last word'),
    heardMsAgo: ageMs.optional(),
    says: z.enum(['active', 'candidate', 'standby']).optional().describe('candidate: it would serve, and asks to'),
    epoch: z.int().min(0).optional(),
    hasGateway: z.boolean().optional(),
    canServe: z.boolean().optional(),
    consentMsAgo: ageMs.optional().describe('How old the question is to which it has said: you may serve'),
  })
  .meta({ id: 'HaPeer' });
export type HaPeer = z.infer<typeof HaPeer>;

/** What a node goes by. */
export const HaEvidence = z
  .strictObject({
    peers: z.array(HaPeer).max(16),
    gateway: z.strictObject({
      asked: z.array(Address).max(64).describe('Machines that are asked whether they hear this node; empty: none'),
      answers: z.boolean().describe('A majority of them did lately'),
      answeredMsAgo: ageMs.optional().describe('How old the newest question is that a majority has answered'),
    }),
    silentMs: ageMs.describe('For so long there was no sign of life of another node, and this one could have heard it'),
    answeredBy: z.string().max(64).optional().describe('The machine that last answered for the addresses'),
  })
  .meta({ id: 'HaEvidence' });
export type HaEvidence = z.infer<typeof HaEvidence>;

/** An operator keeps this node from serving while there is another one. */
export const HaMaintenance = z
  .strictObject({ since: Timestamp, by: sentence(100), reason: Reason.optional() })
  .meta({ id: 'HaMaintenance' });
export type HaMaintenance = z.infer<typeof HaMaintenance>;

/** One node's account of itself, told every second and at every change. */
export const HaStatus = z
  .strictObject({
    node: NodeName,
    group: HaGroupName,
    boot: z.int().min(0).describe('Counts the starts of this node'),
    sequence: z.int().min(0).describe('Grows with every status of one start; a smaller one is late news'),
    time: Timestamp,
    role: HaRole,
    epoch: z.int().min(0).describe('Of an active node: that it serves under. Else the newest that it knows'),
    since: Timestamp.describe('When the role began'),
    reason: sentence(1_000).describe('Why it has this role'),
    rank: z.int().min(0),
    addresses: z.array(Address).max(256),
    profile: z.string().max(20).describe('safe or fast'),
    scheduling: z.string().max(20).describe('realtime, raised or normal: what the system allowed'),
    deadMs: z.number().min(0).describe('Silence of that length lets another node take over'),
    canServe: z.boolean().describe('It would serve if nobody else did'),
    maintenance: HaMaintenance.optional(),
    evidence: HaEvidence,
    ignored: z
      .record(z.string().max(40), z.int().min(0))
      .describe('Datagrams that were no heartbeats for it, by reason'),
    leaving: z.boolean().optional().describe('The last word of a node that stops on purpose'),
  })
  .meta({ id: 'HaStatus' });
export type HaStatus = z.infer<typeof HaStatus>;
