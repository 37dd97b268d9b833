import { type Family } from './ruleset.ts';

/** A set or map as the kernel has it, without its elements. */
export type RunningSet = {
  readonly type: unknown;
  readonly size: number | undefined;
  readonly flags: readonly string[];
};

export type RunningHook = {
  readonly type: string;
  readonly hook: string;
  readonly prio: number;
  readonly policy: string;
};

/** `rules` in nft's own words: `expr` and perhaps `comment`, no handles. */
export type RunningChain = { readonly hook?: RunningHook; readonly rules: readonly unknown[] };

/** Our table as it was observed. Elements of sets are left out: there may be a hundred thousand. */
export type RunningLayer4 = {
  readonly family: Family;
  readonly sets: ReadonlyMap<string, RunningSet>;
  readonly counters: ReadonlySet<string>;
  readonly chains: ReadonlyMap<string, RunningChain>;
  /** Objects of kinds that we never make, by nft's word for the kind. */
  readonly strangers: readonly { readonly kind: string; readonly name: string }[];
};

/** A client that persistence ties to a real server, and for how many more seconds. */
export type RememberedClient = {
  readonly address: string;
  readonly timeoutSeconds: number;
  readonly expiresSeconds: number;
};

/** Clients by the number of their real server. */
export type RememberedClients = ReadonlyMap<number, readonly RememberedClient[]>;

export const nothingRunning = (family: Family): RunningLayer4 => ({
  family,
  sets: new Map(),
  counters: new Set(),
  chains: new Map(),
  strangers: [],
});
