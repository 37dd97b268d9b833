import * as z from 'zod';
import { NodeName } from '../ids.ts';
import { sentence, Timestamp } from '../values.ts';

/** What every record has. */
export const said = {
  /** Of this record and no other, also when it is sent twice. */
  id: z.string().min(1).max(200),
  /** When it happened, by the clock of whoever saw it: a record may arrive long after. */
  time: Timestamp,
  /** The node or the checker that saw it. */
  node: NodeName,
  /** For a person. */
  sentence: sentence(1_000),
  /** Ids of the virtual services and real servers that it is about, as far as they are known. */
  entities: z.array(z.uuid()).max(100).default([]),
};
