import { type Layer4Desired } from './desired.ts';
import { markOf, markPrefix, seenName, serviceName } from './names.ts';
import { limitSets } from './render-limit.ts';
import { type Chain, type Family, type NftHook, type NftPart } from './ruleset.ts';
import {
  connectionMark,
  destinationIn,
  destinationPort,
  goto,
  has,
  is,
  isNot,
  jump,
  protocol,
  type VerdictEntry,
} from './statement.ts';

/**
 * What all services share: where packets come in, where they leave. `services` are not empty: without a service there is
 * no table, so that connections of layer 7 on this node are not even tracked.
 */
export const renderShared = (family: Family, services: readonly Layer4Desired[]): NftPart => ({
  sets: limitSets(services.flatMap(({ members }) => members)),
  counters: new Set(),
  chains: new Map<string, Chain>([
    // Clients on other hosts, and clients on this node: a VIP on loopback has no others.
    ['prerouting', { hook: at('nat', 'prerouting', -100), rules: [{ expr: [jump('arriving')] }] }],
    ['output', { hook: at('nat', 'output', -100), rules: [{ expr: [jump('arriving')] }] }],
    ['arriving', arriving(family, services)],
    // Just before the source is translated: the last place where the client's own address is seen.
    ['watching', { hook: at('filter', 'postrouting', 99), rules: [{ expr: [jump('leaving')] }] }],
    ['leaving', leaving(services)],
    ['postrouting', { hook: at('nat', 'postrouting', 100), rules: [{ expr: translateSource }] }],
  ]),
});

const at = (type: NftHook['type'], hook: NftHook['hook'], prio: number): NftHook => ({
  type,
  hook,
  prio,
  policy: 'accept',
});

const arriving = (family: Family, services: readonly Layer4Desired[]): Chain => {
  const set = services.flatMap(({ number, endpoints }) =>
    endpoints.map(({ address, transport, from, to }): VerdictEntry => [
      { concat: [address, transport, from === to ? from : { range: [from, to] }] },
      goto(serviceName(number)),
    ]),
  );
  return {
    rules: [
      { expr: [{ vmap: { key: { concat: [destinationIn(family), protocol, destinationPort] }, data: { set } } }] },
    ],
  };
};

const leaving = (services: readonly Layer4Desired[]): Chain => {
  const set = services.flatMap(({ members }) =>
    members.map(({ number }): VerdictEntry => [markOf(number), goto(seenName(number))]),
  );
  return { rules: set.length === 0 ? [] : [{ expr: [{ vmap: { key: connectionMark, data: { set } } }] }] };
};

/**
 * Only connections that we have sent to a real server. One on this very node needs no translation, and could not have
 * it: loopback has no address that masquerading accepts. So a VIP on loopback serves from real servers on loopback, and
 * needs no kernel setting for it; other real servers would need `route_localnet`, as the kernel lets no loopback address
 * out (tried on Linux 6.18).
 */
const translateSource = [
  has({ ct: { key: 'status' } }, 'dnat'),
  is(connectionMark, { prefix: markPrefix }),
  isNot({ meta: { key: 'oifname' } }, 'lo'),
  { masquerade: null },
] as const;
