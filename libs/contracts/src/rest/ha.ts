import * as z from 'zod';
import { HaGroupName, HaStatus } from '../ha/status.ts';
import { NodeName } from '../ids.ts';
import { HaHandover } from '../rpc/ha.ts';
import { Address, sentence } from '../values.ts';
import { why } from './write.ts';

// What a gateway knows of who answers for the addresses, put together from what the nodes say.

/** One node's own account, and how old it is. */
export const HaNode = HaStatus.extend({
  ageMs: z.int().min(0).describe('Since this gateway heard it'),
  state: z.enum(['live', 'silent', 'left']).describe('silent: not heard for three seconds; left: stopped on purpose'),
}).meta({ id: 'HaNode' });
export type HaNode = z.infer<typeof HaNode>;

/** Who answers for the addresses, and who says so: a node whose own word does not come may be heard by another one. */
export const HaHolder = z
  .strictObject({ node: NodeName, epoch: z.int().min(0), toldBy: NodeName })
  .meta({ id: 'HaHolder' });
export type HaHolder = z.infer<typeof HaHolder>;

/** What would happen if the machine that serves lost its power at this moment. Nothing is tried: it is worked out. */
export const HaDrill = z
  .strictObject({
    outcome: z.enum(['moves', 'nobody', 'unknown']),
    ifDies: NodeName.optional().describe('Who serves now'),
    to: NodeName.optional(),
    withinMs: z.int().min(0).optional().describe('Until the addresses answer again, at the most, as the times are set'),
    sentence: sentence(1_000),
    basedOn: z.array(sentence(1_000)).max(64),
  })
  .meta({ id: 'HaDrill' });
export type HaDrill = z.infer<typeof HaDrill>;

export const HaGroup = z
  .strictObject({
    group: HaGroupName,
    addresses: z.array(Address),
    state: z.enum(['served', 'nobody', 'two-active', 'unknown']),
    alarm: sentence(1_000).optional().describe('There when somebody has to look: nobody serves, or two do'),
    holder: HaHolder.optional(),
    nodes: z.array(HaNode),
    unheard: z.array(NodeName).describe('Nodes that others have configured, and that this gateway has not heard'),
    findings: z.array(sentence(1_000)).describe('What is not as it should be, and does no harm yet'),
    drill: HaDrill,
  })
  .meta({ id: 'HaGroup' });
export type HaGroup = z.infer<typeof HaGroup>;

export const HaPicture = z.strictObject({ groups: z.array(HaGroup) }).meta({ id: 'HaPicture' });
export type HaPicture = z.infer<typeof HaPicture>;

const whom = {
  node: NodeName,
  group: HaGroupName.optional().describe('Needed only where there are several'),
};

export const MakeActiveBody = z.strictObject({ ...whom, ...why }).meta({ id: 'MakeActive' });
export type MakeActiveBody = z.infer<typeof MakeActiveBody>;

export const MaintenanceBody = z
  .strictObject({
    ...whom,
    on: z
      .boolean()
      .describe('A node in maintenance hands over and does not serve, nor take over when the other one dies'),
    ...why,
  })
  .meta({ id: 'Maintenance' });
export type MaintenanceBody = z.infer<typeof MaintenanceBody>;

export const HaAskQuery = z.strictObject({
  dryRun: z.stringbool().default(false).describe('Make every check and say what it would do; nothing is done'),
});
export type HaAskQuery = z.infer<typeof HaAskQuery>;

export const HaDone = z
  .strictObject({
    node: NodeName,
    group: HaGroupName,
    dryRun: z.boolean(),
    changed: z.boolean(),
    sentence: sentence(1_000),
    breaksConnections: z.boolean().describe('Connections through the addresses break with it'),
    connections: z
      .int()
      .min(0)
      .optional()
      .describe('How many there were through them on the node that served, by its last sample'),
    handover: HaHandover.optional(),
  })
  .meta({ id: 'HaDone' });
export type HaDone = z.infer<typeof HaDone>;
