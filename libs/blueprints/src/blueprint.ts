import type { ClusterCommand } from '@evenkeel/contracts';
import type * as z from 'zod';

/** A typed function from parameters to commands. A version, once released, gives the same commands for ever. */
export type Blueprint<Parameters extends z.ZodType = z.ZodType> = {
  readonly name: string;
  readonly version: number;
  readonly description: string;
  readonly parameters: Parameters;
  /** Pure: decides nothing about the cluster, which may still refuse what is planned. */
  plan(parameters: z.output<Parameters>): readonly ClusterCommand[];
};
