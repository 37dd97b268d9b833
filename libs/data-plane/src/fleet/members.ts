import type { NodeMember, NodeName } from '@evenkeel/contracts';
import type { Peer } from '../picture.ts';

/**
 * The nodes that share persistence tables. Whoever is in stays in until somebody says that it is out: silence, a pause, a
 * restart or a bus that was emptied change nothing, because each change costs every node a reload.
 */
export type Members = ReadonlyMap<NodeName, NodeMember>;

export const noMembers: Members = new Map();

/** A node that has given no sign of life for so long does not come back: its peers need not wait for it any more. */
export const departedAfterMs = 7 * 24 * 3_600_000;

/** Signs of life come this often: seldom, because each one is stored, and none of them is waited for. */
export const aliveEveryMs = 3_600_000;

export const withMember = (members: Members, member: NodeMember): Members =>
  new Map([...members, [member.node, member] as const]);

export const withoutMember = (members: Members, node: NodeName): Members =>
  members.has(node) ? new Map([...members].filter(([name]) => name !== node)) : members;

/** Those who have departed without a word, by the clock of whoever asks. */
export const departedOf = (members: Members, nowMs: number): readonly NodeName[] =>
  [...members.values()].filter(({ aliveAt }) => nowMs - Date.parse(aliveAt) > departedAfterMs).map(({ node }) => node);

/** In the order of their names, so that every node has the same list. */
export const peersOf = (members: Members): readonly Peer[] =>
  [...members.values()]
    .map(({ node, address, port }) => ({ name: node, address, port }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));

export const samePeers = (some: readonly Peer[], others: readonly Peer[]): boolean =>
  some.length === others.length &&
  some.every((peer, index) => {
    const other = others[index];
    return other?.name === peer.name && other.address === peer.address && other.port === peer.port;
  });
