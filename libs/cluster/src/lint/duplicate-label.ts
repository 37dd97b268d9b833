import { serviceIn } from '../state/with-service.ts';
import type { Finder, MachineView, ServiceView } from './finder.ts';

/** One label for two things, or two labels for one thing: people will take one for the other. */
export const duplicateLabel: Finder = {
  ofService: ({ cluster, service: { id, spec } }: ServiceView) => {
    const scopes = [...(cluster.servicesBy.label.get(spec.label) ?? [])]
      .filter((other) => other !== id)
      .map((other) => serviceIn(cluster, other).spec.scope);
    if (scopes.length === 0) return [];
    const detail = `${spec.label} of scope ${spec.scope} has a namesake in scope ${scopes.toSorted().join(', ')}`;
    return [{ detail, advice: 'Give each service its own label.' }];
  },
  ofMachine: ({ address, realServers }: MachineView) => {
    const labels = [...new Set(realServers.map(({ spec }) => spec.label))];
    if (labels.length < 2) return [];
    return [{ detail: `${address} is called ${labels.join(' and ')}`, advice: 'Use one label for one machine.' }];
  },
};
