import type { Finder } from './finder.ts';

export const connectCheckOnUdp: Finder = {
  ofService: ({ service: { spec } }) => {
    const isUdp = spec.mode === 'udp' || spec.mode === 'tcp-udp';
    if (!isUdp || spec.healthCheck.kind !== 'connect') return [];
    const detail = `${spec.label} serves UDP, and a TCP connect decides who is up`;
    return [{ detail, advice: 'Use netbios-node-status, or follow a service on the same machines.' }];
  },
};
