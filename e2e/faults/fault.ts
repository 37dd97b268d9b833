import type { Chance } from './chance.ts';
import type { Stage } from './stage.ts';

export type Fault = {
  /** As it stands in the table. */
  readonly name: string;
  /**
   * `nothing-lost`: the product promises that clients do not notice. `clients-notice`: it cannot, and the table says how much;
   * in that case, why.
   */
  readonly promise: { readonly kind: 'nothing-lost' } | { readonly kind: 'clients-notice'; readonly why: string };
  /**
   * Does it and takes it back; afterwards everything must become well by itself. Resolves to what else a reader of the table
   * should know. Throws when something is wrong that no account shows.
   */
  readonly inflict: (stage: Stage, chance: Chance) => Promise<readonly string[] | void>;
};

export const nothingLost = { kind: 'nothing-lost' } as const;
