import type { PortItem } from '@evenkeel/contracts';
import { effectivePorts } from '../rules/effective-ports.ts';
import { type Finder, labelsOf } from './finder.ts';

/** Not a state but a change: real servers that inherit the service's port went where it went. */
export const effectivePortMoved: Finder = {
  ofChange: ({ before, after }) => {
    const old = new Map(before.realServers.map(({ id, spec }) => [id, spec]));
    const moved = after.realServers.filter(({ id, spec }) => {
      const was = old.get(id);
      return (
        was?.port === 'inherit' &&
        spec.port === 'inherit' &&
        !isSame(portsOf(before.service, was), portsOf(after.service, spec))
      );
    });
    if (moved.length === 0) return [];
    const [from, to] = [before, after].map(({ service }) => service.spec.ports.join(', '));
    const detail = `${labelsOf(moved)} moved from port ${from} to ${to} with ${after.service.spec.label}`;
    return [{ detail, advice: 'See that they listen there, or give them a port of their own.' }];
  },
};

const portsOf = ({ spec }: { spec: { ports: PortItem[] } }, realServer: { port: number | 'inherit' }) =>
  effectivePorts(spec, realServer);

const isSame = (a: readonly PortItem[], b: readonly PortItem[]): boolean => a.join() === b.join();
