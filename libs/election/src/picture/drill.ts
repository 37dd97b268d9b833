import type { HaDrill, HaHolder, HaNode } from '@evenkeel/contracts';
import { goesBefore } from '../order.ts';
import { isLive } from './heard.ts';

/** From the decision until the kernel and the segment know it, on a busy machine. */
const takeMs = 100;

/** What would happen if `holder`'s machine lost its power now: the rules of the election, on what the others have said of themselves. */
export const drillOf = (nodes: readonly HaNode[], holder: HaHolder | undefined): HaDrill => {
  if (holder === undefined) return nobodyServes(nodes);
  const others = nodes.filter(({ node }) => node !== holder.node);
  const size = sizeOf(nodes, holder);
  const basedOn = nodes.map(told);
  if (size === 1) {
    const sentence = `${holder.node} is alone: the addresses would be silent until it is back.`;
    return { outcome: 'nobody', ifDies: holder.node, sentence, basedOn };
  }
  const able = others.filter((node) => isLive(node) && node.canServe).toSorted(byPreference);
  const [next] = size === 2 ? able.filter(({ evidence }) => evidence.gateway.answers) : able;
  const votes = others.filter(isLive).length;
  if (next === undefined || (size > 2 && votes < Math.floor(size / 2) + 1)) {
    return { outcome: 'nobody', ifDies: holder.node, sentence: whyNobody(holder, others, size), basedOn };
  }
  return {
    outcome: 'moves',
    ifDies: holder.node,
    to: next.node,
    withinMs: next.deadMs + takeMs,
    sentence:
      `${next.node} would answer for the addresses after ${next.deadMs} ms of silence, and at once if only the agent of ` +
      `${holder.node} ended. Connections through the addresses would break.`,
    basedOn,
  };
};

const nobodyServes = (nodes: readonly HaNode[]): HaDrill => ({
  outcome: 'unknown',
  sentence: 'It is not known who serves, so there is nobody whose end could be thought of.',
  basedOn: nodes.map(told),
});

/** How many nodes are configured: what the holder says, or else the others. */
const sizeOf = (nodes: readonly HaNode[], holder: HaHolder): number => {
  const told = nodes.find(({ node }) => node === holder.node) ?? nodes[0];
  return 1 + (told?.evidence.peers.length ?? 0);
};

const byPreference = (one: HaNode, other: HaNode): number => (goesBefore(standing(one), standing(other)) ? -1 : 1);

const standing = ({ node, rank, evidence }: HaNode) => ({ node, rank, hasGateway: evidence.gateway.answers });

const whyNobody = ({ node }: HaHolder, others: readonly HaNode[], size: number): string => {
  const live = others.filter(isLive);
  const why = others.length === 0 ? ['no other node has been heard'] : others.map((other) => whyNot(other, size));
  const few = `${live.length} of ${size} nodes would be left, and a majority is needed`;
  const isFew = size > 2 && live.length < Math.floor(size / 2) + 1;
  const whys = [...(isFew ? [few] : []), ...why].join('; ');
  return `Nobody would answer for the addresses if ${node} died: ${whys}.`.slice(0, 1_000);
};

const whyNot = ({ node, state, maintenance, canServe, reason, evidence }: HaNode, size: number): string => {
  if (state === 'left') return `${node} was stopped`;
  if (state === 'silent') return `${node} is not heard`;
  if (maintenance !== undefined) return `${node} is in maintenance`;
  if (!canServe) return `${node} cannot serve (${reason})`;
  if (size > 2 || evidence.gateway.answers) return `${node} could`;
  const { asked } = evidence.gateway;
  return asked.length === 0
    ? `${node} has no gateway configured that could say that it is not cut off`
    : `${node} has no answer of the gateway (${asked.join(', ')}), so it may be cut off`;
};

const told = ({ node, state, ageMs, role, canServe, maintenance, evidence: { gateway, peers } }: HaNode): string => {
  const heard = peers.map((peer) => (peer.isLive ? `hears ${peer.node}` : `does not hear ${peer.node}`));
  const able = maintenance !== undefined ? 'in maintenance' : canServe ? 'can serve' : 'cannot serve';
  const reach = gateway.answers ? 'the gateway answers it' : 'no gateway answers it';
  return `${node}, ${state}, report ${ageMs} ms old: ${[role, able, reach, ...heard].join(', ')}`;
};
