import * as z from 'zod';
import { NodeName } from '../ids.ts';
import { Port } from '../ports.ts';
import { Address, Timestamp } from '../values.ts';

/** Where one node listens for the persistence tables of the others. */
export const NodeMember = z
  .strictObject({
    node: NodeName,
    address: Address,
    port: Port,
    /** Repeated now and then while the node is there: one that has not done so for very long has left. */
    aliveAt: Timestamp,
  })
  .meta({ id: 'NodeMember' });
export type NodeMember = z.infer<typeof NodeMember>;
