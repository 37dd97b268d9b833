import { randomChoice, turnChoice } from './choice.ts';
import { type Layer4Desired, type Layer4Member } from './desired.ts';
import { clientsName, serverName, serviceName } from './names.ts';
import { hasLimit } from './render-limit.ts';
import { renderServer } from './render-server.ts';
import { type Family, type NftPart, type Rule, together } from './ruleset.ts';
import { is, jump, sourceIn, type Statement } from './statement.ts';

/** Everything of one virtual service, its real servers included, but for the chains that all services share. */
export const renderService = (service: Layer4Desired): NftPart =>
  together([
    {
      sets: new Map(),
      counters: new Set([serviceName(service.number)]),
      chains: new Map([[serviceName(service.number), { rules: serviceRules(service) }]]),
    },
    ...service.members.map((member) => renderServer(service, member)),
  ]);

/**
 * For the first packet of a connection: the server that remembers the client, else a choice by weight, else a refusal.
 * A server's chain comes back only when that server is full.
 */
const serviceRules = (service: Layer4Desired): Rule[] => {
  const takers = service.members.filter(({ weight }) => weight > 0);
  const mayBeFull = takers.some(hasLimit);
  return [
    { expr: [{ counter: serviceName(service.number) }], comment: service.label },
    ...service.members.filter(({ keepsClients }) => keepsClients).map((member) => recall(service, member)),
    ...choose(service.balance, takers),
    ...(mayBeFull || takers.length === 0 ? refuse[service.family] : []),
  ];
};

const recall = ({ family }: Layer4Desired, { number }: Layer4Member): Rule => ({
  expr: [is(sourceIn(family), `@${clientsName(number)}`), jump(serverName(number))],
});

/** With two of three servers full, three draws find the free one in seven of ten cases; the row after them always does. */
const draws = 3;

const choose = (balance: Layer4Desired['balance'], takers: readonly Layer4Member[]): Rule[] => {
  const each = takers.map(({ number }): Rule => ({ expr: [jump(serverName(number))] }));
  if (takers.length <= 1) return each;
  const draw: Rule = { expr: [drawOf(balance, takers)] };
  return takers.some(hasLimit) ? [...Array.from({ length: draws }, () => draw), ...each] : [draw];
};

const drawOf = (balance: Layer4Desired['balance'], takers: readonly Layer4Member[]): Statement => {
  const weights = takers.map(({ weight }) => weight);
  const { mod, slots } = balance === 'random' ? randomChoice(weights) : turnChoice(weights);
  const mode = balance === 'random' ? 'random' : 'inc';
  const targets = takers.map(({ number }) => jump(serverName(number)));
  return {
    vmap: {
      key: { numgen: { mode, mod, offset: 0 } },
      data: {
        set: slots.flatMap(({ from, to, index }) => {
          const target = targets[index];
          return target === undefined ? [] : [[from === to ? from : { range: [from, to] }, target] as const];
        }),
      },
    },
  };
};

/**
 * Nobody takes new clients: the answer is that of a host where nobody listens, so that a client learns it at once and
 * tries elsewhere. Silence would hold it for minutes, and without these rules the node's own sockets would answer.
 */
const refuse: { readonly [In in Family]: readonly Rule[] } = {
  ip: [
    { expr: [{ reject: { type: 'tcp reset' } }] },
    { expr: [{ reject: { type: 'icmp', expr: 'port-unreachable' } }] },
  ],
  ip6: [
    { expr: [{ reject: { type: 'tcp reset' } }] },
    { expr: [{ reject: { type: 'icmpv6', expr: 'port-unreachable' } }] },
  ],
};
