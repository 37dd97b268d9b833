import * as z from 'zod';
import { Revision } from '../ids.ts';
import { Address } from '../values.ts';

/** An address, and for how many more seconds it is tied: no clock of another machine has a say in it. */
const Tie = z.tuple([Address, z.int().min(1)]);

/** The clients that persistence of layer 4 ties to one real server, by its number. */
export const ClientsOfServer = z.strictObject({ server: z.int().min(1), clients: z.array(Tie) });
export type ClientsOfServer = z.infer<typeof ClientsOfServer>;

/** Ties as one node knew them when it ran `revision`. */
export const ClientTies = z.strictObject({ revision: Revision, servers: z.array(ClientsOfServer) });
export type ClientTies = z.infer<typeof ClientTies>;
