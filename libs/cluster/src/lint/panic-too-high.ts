import { isHttpsRedirect } from '@evenkeel/contracts';
import type { Finder } from './finder.ts';

/** One server that fails is enough. */
export const panicTooHigh: Finder = {
  ofService: ({ service: { spec }, realServers }) => {
    if (isHttpsRedirect(spec)) return [];
    const { panic, label } = spec;
    const of = realServers.filter((realServer) => realServer.spec.weight > 0).length;
    if (panic === undefined || of === 0 || 100 * (of - 1) >= panic.below * of) return [];
    const harm = panic.then === 'serve-all' ? 'so no check takes it out' : 'so it takes the whole service down';
    const detail = `${label} panics below ${panic.below}%: one of its ${of} that fails is enough, ${harm}`;
    return [{ detail, advice: 'Lower panic.below, or add a real server.' }];
  },
};
