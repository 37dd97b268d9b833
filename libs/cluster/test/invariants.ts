import {
  canonicalAddress,
  isHttpsRedirect,
  isIPv6,
  type RealServerState,
  type VirtualServiceId,
  type VirtualServiceState,
} from '@evenkeel/contracts';
import { expect } from '@jest/globals';
import { type Cluster, effectivePorts, endpointsOf, realServersOf, toSnapshot } from '../src/index.ts';

// What must hold of every cluster that decisions made, each by a computation that knows nothing of the indexes.
// Texts are compared, not objects: these run tens of thousands of times.

const servicesOf = (cluster: Cluster): readonly VirtualServiceState[] => [...cluster.virtualServices.values()];
const serversOf = (cluster: Cluster): readonly RealServerState[] =>
  [...cluster.realServers.values()].toSorted((a, b) => a.number - b.number);

const expectEachOnce = (keys: readonly string[]): void => {
  if (new Set(keys).size !== keys.length) expect(keys.toSorted()).toEqual([...new Set(keys)].toSorted());
};

export const expectUniqueEndpoints = (cluster: Cluster): void =>
  expectEachOnce(
    servicesOf(cluster).flatMap(({ spec }) =>
      endpointsOf(spec).flatMap(({ address, from, to, transport }) =>
        Array.from({ length: to - from + 1 }, (_, nth) => `${address} ${from + nth} ${transport}`),
      ),
    ),
  );

export const expectUniqueLabels = (cluster: Cluster): void => {
  expectEachOnce(servicesOf(cluster).map(({ spec }) => `${spec.scope} ${spec.label}`));
  expectEachOnce(serversOf(cluster).map(({ virtualServiceId, spec }) => `${virtualServiceId} ${spec.label}`));
};

export const expectUniqueNumbers = (cluster: Cluster): void => {
  const numbers = [...servicesOf(cluster), ...serversOf(cluster)].map(({ number }) => number);
  expectEachOnce(numbers.map(String));
  expect(cluster.nextNumber).toBeGreaterThan(Math.max(0, ...numbers));
};

export const expectNoRealServerTwice = (cluster: Cluster): void =>
  servicesOf(cluster).forEach(({ id, spec }) =>
    expectEachOnce(
      realServersOf(cluster, id).flatMap((server) =>
        effectivePorts(spec, server.spec).map((port) => `${server.spec.address} ${port}`),
      ),
    ),
  );

export const expectNoAddressLoop = (cluster: Cluster): void => {
  const listening = new Set(servicesOf(cluster).map(({ spec }) => spec.address));
  expectSame(
    [
      ...serversOf(cluster).filter(({ spec }) => listening.has(spec.address)),
      ...servicesOf(cluster).filter(({ spec }) => listening.has(fallbackAddress(spec) ?? '')),
    ],
    [],
  );
};

/** Else two services could have one address, and each its own spelling. */
export const expectOneSpelling = (cluster: Cluster): void => {
  const addresses = [...servicesOf(cluster), ...serversOf(cluster)].map(({ spec }) => spec.address);
  expectSame(addresses, addresses.map(canonicalAddress));
};

/** Layer 4 writes another address into a packet, and not another packet. */
export const expectOneFamilyInLayer4 = (cluster: Cluster): void =>
  servicesOf(cluster)
    .filter(({ spec }) => spec.layer === 4)
    .forEach(({ id, spec }) =>
      expectSame(
        realServersOf(cluster, id).filter((server) => isIPv6(server.spec.address) !== isIPv6(spec.address)),
        [],
      ),
    );

const fallbackAddress = (spec: VirtualServiceState['spec']): string | undefined =>
  'fallback' in spec && spec.fallback.kind === 'server' ? spec.fallback.address : undefined;

const followedBy = ({ spec }: Pick<VirtualServiceState, 'spec'>): VirtualServiceId | undefined =>
  'healthCheck' in spec && spec.healthCheck.kind === 'follow' ? spec.healthCheck.virtualService : undefined;

/** Nobody is behind a redirect: no real server, no verdict to follow. */
export const expectNobodyBehindRedirects = (cluster: Cluster): void => {
  for (const { id, spec } of servicesOf(cluster)) {
    const followed = cluster.virtualServices.get(followedBy({ spec }) ?? id)?.spec;
    if (isHttpsRedirect(spec)) expectSame([realServersOf(cluster, id), followedBy({ spec }) ?? null], [[], null]);
    else expectSame(followed && isHttpsRedirect(followed), false);
  }
};

/** Follows each service to its end; there are never more steps than services. */
export const expectFollowingEnds = (cluster: Cluster): void => {
  for (const service of servicesOf(cluster)) {
    let next: VirtualServiceState | undefined;
    let steps = 0;
    for (let id = followedBy(service); id !== undefined; id = next && followedBy(next)) {
      next = cluster.virtualServices.get(id);
      steps += 1;
      expectSame([next !== undefined, steps <= cluster.virtualServices.size], [true, true]);
    }
  }
};

type Key = string | undefined;
const grouped = <Item extends { readonly id: string }>(items: readonly Item[], keyOf: (item: Item) => Key) => {
  const groups: Record<string, string[]> = {};
  for (const item of items) {
    const key = keyOf(item);
    if (key !== undefined) (groups[key] ??= []).push(item.id);
  }
  return groups;
};

type Groups = Readonly<Record<string, readonly string[]>>;
type Index = { readonly [Symbol.iterator]: () => Iterator<[string, Iterable<string>]> };
const contents = (index: Index): Groups => Object.fromEntries([...index].map(([key, ids]) => [key, [...ids]]));
/** Sets have no order. */
const unordered = (groups: Groups): Groups =>
  Object.fromEntries(Object.entries(groups).map(([key, ids]) => [key, ids.toSorted()]));

const expectSame = (actual: unknown, expected: unknown): void =>
  expect(JSON.stringify(actual, inOrder)).toBe(JSON.stringify(expected, inOrder));
const inOrder = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value;

export const expectTrueIndexes = (cluster: Cluster): void => {
  const [services, servers] = [servicesOf(cluster), serversOf(cluster)];
  const { servicesBy, machines, members, endpoints, ranges } = cluster;
  const expectGroups = (index: Index, keyOf: (spec: VirtualServiceState['spec']) => Key): void =>
    expectSame(unordered(contents(index)), unordered(grouped(services, ({ spec }) => keyOf(spec))));
  expectGroups(servicesBy.label, ({ label }) => label);
  expectGroups(servicesBy.address, ({ address }) => address);
  expectGroups(servicesBy.application, ({ application }) => application);
  expectGroups(servicesBy.fallback, (spec) => fallbackAddress(spec));
  expectGroups(servicesBy.followed, (spec) =>
    'healthCheck' in spec && spec.healthCheck.kind === 'follow' ? spec.healthCheck.virtualService : undefined,
  );
  expectSame(unordered(contents(machines)), unordered(grouped(servers, ({ spec }) => spec.address)));
  const nobody = Object.fromEntries(services.map(({ id }): [string, string[]] => [id, []]));
  const inOrderOfNumbers = grouped(servers, ({ virtualServiceId }) => virtualServiceId);
  expectSame(contents(members), { ...nobody, ...inOrderOfNumbers });
  const held = services.flatMap(({ id, spec }) => endpointsOf(spec).map((endpoint) => ({ ...endpoint, id })));
  const singles = held.filter(({ from, to }) => from === to);
  expectSame(
    Object.fromEntries(endpoints),
    Object.fromEntries(singles.map(({ address, from, transport, id }) => [`${address} ${from}/${transport}`, id])),
  );
  const spans = held.filter(({ from, to }) => from < to);
  expectSame(
    [...ranges].flatMap(([place, all]) => all.map(({ from, to, id }) => `${place} ${from}-${to} ${id}`)).toSorted(),
    spans.map(({ address, from, to, transport, id }) => `${address} ${transport} ${from}-${to} ${id}`).toSorted(),
  );
  expectSame(
    ranges.some((all) => all.length === 0),
    false,
  );
};

export const expectSameState = (actual: Cluster, expected: Cluster): void =>
  expectSame(toSnapshot(actual), toSnapshot(expected));
