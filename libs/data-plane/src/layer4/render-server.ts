import { type ClientMemory, type Layer4Desired, type Layer4Member } from './desired.ts';
import { clientsName, limitName, markOf, seenName, serverName } from './names.ts';
import { countedAt, hasLimit, limitRules, turnedAwayWhenFull } from './render-limit.ts';
import { type Chain, type Family, type NftPart, type Rule } from './ruleset.ts';
import { connectionMark, connectionState, has, is, protocol, sourceIn, type Statement, update } from './statement.ts';

/** Everything of one real server: how a connection is sent to it, and what happens at every packet of it. */
export const renderServer = ({ family, memory }: Layer4Desired, member: Layer4Member): NftPart => {
  const { number, keepsClients } = member;
  const chains: [string, Chain][] = [
    [serverName(number), { rules: sendingRules(member) }],
    [seenName(number), { rules: seenRules(family, member, memory) }],
  ];
  if (hasLimit(member)) chains.push([limitName(number), { rules: limitRules(member) }]);
  return {
    // A server that must forget its clients has no set for them: the set goes in the same transaction, with its elements.
    sets: new Map(
      keepsClients && memory !== undefined
        ? [[clientsName(number), { type: clientTypes[family], size: memory.size } as const]]
        : [],
    ),
    counters: new Set([serverName(number)]),
    chains: new Map(chains),
  };
};

const clientTypes = { ip: 'ipv4_addr', ip6: 'ipv6_addr' } as const;

/** The mark comes first: it names the server in every later rule, and in conntrack for as long as the connection lives. */
const sendingRules = (member: Layer4Member): Rule[] => {
  const { number, label, address, port } = member;
  const mark: Rule = { expr: [{ mangle: { key: connectionMark, value: markOf(number) } }], comment: label };
  const full = hasLimit(member) ? [turnedAwayWhenFull] : [];
  return [mark, ...full, { expr: port === undefined ? [{ dnat: { addr: address } }] : toPort(address, port) }];
};

/** The kernel translates a port only after a match on the transport. */
const toPort = (addr: string, port: number): Statement[] => [
  is(protocol, { set: ['tcp', 'udp'] }),
  { dnat: { addr, port } },
];

const seenRules = (family: Family, member: Layer4Member, memory: ClientMemory | undefined): Rule[] => {
  const count: Rule = { expr: [{ counter: serverName(member.number) }], comment: member.label };
  const learn = member.keepsClients && memory !== undefined ? learnClient(family, member, memory) : [];
  return [count, ...learn, ...(hasLimit(member) ? countedAt(member) : [])];
};

/**
 * A new connection ties its client to the server; every later packet of it keeps the tie alive, so that a client stays
 * remembered for `timeout` after its last use. What is left of an old connection makes no tie: a client that was told to
 * go elsewhere would be called back by it.
 */
const learnClient = (family: Family, { number }: Layer4Member, { timeoutSeconds }: ClientMemory): Rule[] => {
  const set = clientsName(number);
  const source = sourceIn(family);
  const tie = update(set, source, timeoutSeconds);
  return [
    { expr: [has(connectionState, 'new'), tie] },
    { expr: [is({ ct: { key: 'direction' } }, 'original'), is(source, `@${set}`), tie] },
  ];
};
