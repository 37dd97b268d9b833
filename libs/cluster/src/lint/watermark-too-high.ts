import { isHttpsRedirect } from '@evenkeel/contracts';
import { leastAvailable } from '../rules/watermark.ts';
import type { Finder } from './finder.ts';

/** With everybody online and up nobody can be drained, or weights alone keep the service below it. */
export const watermarkTooHigh: Finder = {
  ofService: ({ service: { spec }, realServers }) => {
    if (isHttpsRedirect(spec)) return [];
    const { availability = 0, label } = spec;
    const of = realServers.length;
    if (availability === 0 || of < 2) return [];
    const most = realServers.filter((realServer) => realServer.spec.weight > 0).length;
    const least = leastAvailable(spec, of);
    if (most > least) return [];
    const harm = most < least ? `which never comes true with ${most} that have a weight` : 'so none can be drained';
    const detail = `${label} wants ${availability}% available, ${least} of ${of}, ${harm}`;
    return [{ detail, advice: 'Lower availability, or add a real server.' }];
  },
};
