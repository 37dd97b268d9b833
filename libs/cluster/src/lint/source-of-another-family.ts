import { healthCheckOf, isIPv6 } from '@evenkeel/contracts';
import { type Finder, labelsOf } from './finder.ts';

export const sourceOfAnotherFamily: Finder = {
  ofService: ({ service: { spec }, realServers }) => {
    const check = healthCheckOf(spec);
    const source = check !== undefined && 'source' in check ? check.source : undefined;
    if (source === undefined) return [];
    const others = realServers.filter((realServer) => isIPv6(realServer.spec.address) !== isIPv6(source));
    if (others.length === 0) return [];
    const [family, other] = isIPv6(source) ? ['IPv6', 'IPv4'] : ['IPv4', 'IPv6'];
    const detail = `${spec.label} is checked from the ${family} address ${source}, and ${labelsOf(others)} can be asked over ${other} only`;
    return [{ detail, advice: 'Leave out `source`, or let those real servers follow another service.' }];
  },
};
