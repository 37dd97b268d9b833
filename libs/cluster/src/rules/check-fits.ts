import { type ClusterRefusalOf, hasRange, healthCheckOf, type VirtualServiceSpec } from '@evenkeel/contracts';

/**
 * A check that inherits its port asks the first of the list. A range has none that is meant more than the others: often a
 * server listens on few of them at a time. So there somebody has to say which.
 */
export const checkMisfits = (spec: VirtualServiceSpec): ClusterRefusalOf<'invalid-combination'>['errors'] => {
  const check = healthCheckOf(spec);
  if (!hasRange(spec.ports) || check === undefined || !('port' in check) || check.port !== 'inherit') return [];
  return [
    {
      pointer: '/healthCheck/port',
      detail: `healthCheck.port "inherit" cannot stand with ports ${spec.ports.join(', ')}: a range has no port to ask before the others`,
      expected: 'a number, or healthCheck.kind "ping", "follow" or "none"',
      inherited: false,
    },
  ];
};
