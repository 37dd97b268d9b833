import { healthCheckOf } from '@evenkeel/contracts';
import type { Finder } from './finder.ts';

export const noHealthCheck: Finder = {
  ofService: ({ service: { spec } }) =>
    healthCheckOf(spec)?.kind === 'none'
      ? [{ detail: `${spec.label} has no health check: a dead server keeps its clients`, advice: 'Use a check.' }]
      : [],
};
