import { healthCheckOf } from '@evenkeel/contracts';
import type { Finder } from './finder.ts';

export const pingCheck: Finder = {
  ofService: ({ service: { spec } }) => {
    if (healthCheckOf(spec)?.kind !== 'ping') return [];
    const detail = `${spec.label} is checked by a ping, which sees the machine and not the service on it`;
    return [{ detail, advice: 'Use a check that asks the service, or follow one that does.' }];
  },
};
