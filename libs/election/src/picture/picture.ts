import type { HaGroup, HaHolder, HaNode, HaPicture } from '@evenkeel/contracts';
import { drillOf } from './drill.ts';
import { findingsIn } from './findings.ts';
import { type HeardStatus, isLive, nodeOf } from './heard.ts';
import { holdersIn } from './holders.ts';

/** Who answers for which addresses, by what every node has said of itself; groups and nodes by name. */
export const pictureOf = (heard: readonly HeardStatus[]): HaPicture => {
  const nodes = heard.map(nodeOf).toSorted((one, other) => (one.node < other.node ? -1 : 1));
  const names = [...new Set(nodes.map(({ group }) => group))].toSorted();
  return {
    groups: names.map((name) =>
      groupOf(
        name,
        nodes.filter(({ group }) => group === name),
      ),
    ),
  };
};

const groupOf = (group: string, nodes: HaNode[]): HaGroup => {
  const holders = holdersIn(nodes);
  const [holder] = holders.toSorted((one, other) => other.epoch - one.epoch);
  const alarm = alarmOf(nodes, holders);
  const known = new Set(nodes.map(({ node }) => node));
  const unheard = new Set(nodes.flatMap(({ evidence }) => evidence.peers.map(({ node }) => node)));
  return {
    group,
    addresses: [...new Set(nodes.flatMap(({ addresses }) => addresses))],
    state: stateOf(nodes, holders),
    ...(alarm === undefined ? {} : { alarm }),
    ...(holder === undefined ? {} : { holder }),
    nodes,
    unheard: [...unheard].filter((node) => !known.has(node)).toSorted(),
    findings: [...findingsIn(nodes)],
    drill: drillOf(nodes, holder),
  };
};

const stateOf = (nodes: readonly HaNode[], { length }: readonly HaHolder[]): HaGroup['state'] => {
  if (length > 1) return 'two-active';
  if (length === 1) return 'served';
  return mayServeUnheard(nodes).length > 0 ? 'unknown' : 'nobody';
};

/** Served when it was heard last, and did not say that it stops: it may be the bus that it has lost. */
const mayServeUnheard = (nodes: readonly HaNode[]): readonly HaNode[] =>
  nodes.filter(({ state, role }) => state === 'silent' && role === 'active');

const alarmOf = (nodes: readonly HaNode[], holders: readonly HaHolder[]): string | undefined => {
  if (holders.length > 1) {
    const who = holders.map(({ node, epoch }) => `${node} (epoch ${epoch})`).join(' and ');
    return `Two nodes say that they answer for the addresses: ${who}. The one with the smaller epoch must be stopped.`;
  }
  if (holders.length === 1) return undefined;
  const [lost] = mayServeUnheard(nodes);
  if (lost !== undefined) {
    return `${lost.node} served when it was last heard, ${lost.ageMs} ms ago, and nobody who is heard serves or hears it.`;
  }
  const why = nodes.filter(isLive).map(({ node, reason }) => `${node}: ${reason}`);
  return `Nobody answers for the addresses. ${why.length === 0 ? 'No node is heard' : why.join('. ')}.`.slice(0, 1_000);
};
