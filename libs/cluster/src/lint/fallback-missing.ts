import { fallbackOf } from '@evenkeel/contracts';
import type { Finder } from './finder.ts';

export const fallbackMissing: Finder = {
  ofService: ({ service: { spec } }) => {
    if (spec.mode !== 'http' || fallbackOf(spec)?.kind !== 'none') return [];
    const detail = `${spec.label} has no fallback: with all servers down, browsers show an error of their own`;
    return [{ detail, advice: 'Use fallback page.' }];
  },
};
