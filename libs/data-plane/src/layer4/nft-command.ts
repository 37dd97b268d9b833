import { type Chain, type Family, kernelSetSize, layer4Table, type TimedSet } from './ruleset.ts';
import { type RememberedClient } from './running.ts';

/** One command of nft's JSON language. */
export type NftCommand = { readonly [Verb in 'add' | 'delete' | 'flush']?: { readonly [kind: string]: object } };

/** The commands that we use, for the table of one family. */
export const commandsIn = (family: Family) => {
  const table = layer4Table(family);
  const ours = { family, table: table.name };
  return {
    addTable: { add: { table } } satisfies NftCommand,
    deleteTable: { delete: { table } } satisfies NftCommand,

    /** Deletes a chain, set, counter or anything else in our table. */
    remove: (kind: string, name: string): NftCommand => ({ delete: { [kind]: { ...ours, name } } }),

    flushChain: (name: string): NftCommand => ({ flush: { chain: { ...ours, name } } }),

    addChain: (name: string, { hook }: Chain): NftCommand => ({ add: { chain: { ...ours, name, ...hook } } }),

    addRules: (chain: string, { rules }: Chain): NftCommand[] =>
      rules.map((rule) => ({ add: { rule: { ...ours, chain, ...rule } } })),

    /**
     * nft 1.0.6 does not know the flag `dynamic` in JSON; a timeout is enough for the kernel to let rules write the set.
     * The kernel reserves memory for the size that it is told, 2 MB for 65,535; untold it takes 65,535 as the limit and
     * grows the set with its use (Linux 6.18, `nft_dynset_init`).
     */
    addSet: (name: string, { type, size }: TimedSet): NftCommand => ({
      add: { set: { ...ours, name, type, ...(size === kernelSetSize ? {} : { size }), flags: ['timeout'] } },
    }),

    addCounter: (name: string): NftCommand => ({ add: { counter: { ...ours, name } } }),

    addClients: (name: string, clients: readonly RememberedClient[]): NftCommand => ({
      add: {
        element: {
          ...ours,
          name,
          elem: clients.map(({ address, timeoutSeconds, expiresSeconds }) => ({
            elem: { val: address, timeout: timeoutSeconds, expires: expiresSeconds },
          })),
        },
      },
    }),

    removeClients: (name: string, addresses: readonly string[]): NftCommand => ({
      delete: { element: { ...ours, name, elem: addresses } },
    }),
  };
};
