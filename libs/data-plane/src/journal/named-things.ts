import { type Cluster } from '@evenkeel/cluster';

/** Contract: a record holds so many. */
const entitiesMax = 100;

/** Ids of the services and real servers whose names, HAProxy's or nftables', are in `words`. */
export const thingsNamedIn = (words: readonly string[], { virtualServices, realServers }: Cluster): string[] => {
  const text = words.join(' ');
  const services = numbersAfter(/\b(?:vs|service_)(\d+)\b/g, text);
  const servers = numbersAfter(/\b(?:rs|(?:server|seen|limit|clients)_)(\d+)\b/g, text);
  const ids = [
    ...[...virtualServices.values()].filter(({ number }) => services.has(number)).map(({ id }) => id),
    ...[...realServers.values()].filter(({ number }) => servers.has(number)).map(({ id }) => id),
  ];
  return ids.slice(0, entitiesMax);
};

const numbersAfter = (names: RegExp, text: string): ReadonlySet<number> =>
  new Set([...text.matchAll(names)].map(([, digits]) => Number(digits)));
