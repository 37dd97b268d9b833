import { isHttpsRedirect, isIPv6 } from '@evenkeel/contracts';
import type { Finder } from './finder.ts';

/** A table of an IPv4 service has no place for an IPv6 client; one of an IPv6 service has room for both. */
export const poolOfAnotherFamily: Finder = {
  ofService: ({ cluster, service: { spec } }) => {
    const rules = ('rules' in spec && isIPv6(spec.address) && spec.rules) || [];
    const pools = new Set(rules.flatMap(({ action }) => (action.kind === 'service' ? [action.virtualService] : [])));
    return [...pools].flatMap((id) => {
      const pool = cluster.virtualServices.get(id)?.spec;
      if (pool === undefined || isHttpsRedirect(pool) || isIPv6(pool.address) || !('tableSize' in pool.persistence))
        return [];
      const detail = `${spec.label} sends clients with IPv6 addresses to ${pool.label}, which remembers IPv4 addresses only`;
      return [{ detail, advice: 'Use a cookie there, or a pool of its own with an IPv6 address.' }];
    });
  },
};
