import { type Statement } from './statement.ts';

/** nft's words for IPv4 and IPv6. */
export type Family = 'ip' | 'ip6';
export const families: readonly Family[] = ['ip', 'ip6'];

/**
 * The one table of layer 4 in each family: a service is of one family, so neither table knows of the other. `evenkeel_ha`
 * beside it belongs to the election and is never touched from here.
 */
export const layer4Table = (family: Family) => ({ family, name: 'evenkeel' }) as const;

export type NftHook = {
  readonly type: 'nat' | 'filter';
  readonly hook: 'prerouting' | 'output' | 'postrouting';
  readonly prio: number;
  readonly policy: 'accept';
};

/** `comment` is for people who list the ruleset. */
export type Rule = { readonly expr: readonly Statement[]; readonly comment?: string };

export type Chain = { readonly hook?: NftHook; readonly rules: readonly Rule[] };

/** A set whose elements come and go with a timeout: written by rules in the kernel, never by a change of configuration. */
export type TimedSet = { readonly type: 'ipv4_addr' | 'ipv6_addr' | 'mark'; readonly size: number };

/** How large a set that rules write may become when no size is given. */
export const kernelSetSize = 65_535;

/** Everything in our table but the elements of its sets. Names are keys; the order is that of the rendering. */
export type NftRuleset = {
  readonly family: Family;
  readonly sets: ReadonlyMap<string, TimedSet>;
  readonly counters: ReadonlySet<string>;
  readonly chains: ReadonlyMap<string, Chain>;
};

/** A part of it: what belongs to one service, or to one real server. */
export type NftPart = Omit<NftRuleset, 'family'>;

/** One part of several; names do not collide. */
export const together = (parts: readonly NftPart[]): NftPart => ({
  sets: new Map(parts.flatMap(({ sets }) => [...sets])),
  counters: new Set(parts.flatMap(({ counters }) => [...counters])),
  chains: new Map(parts.flatMap(({ chains }) => [...chains])),
});
