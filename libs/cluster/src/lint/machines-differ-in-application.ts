import { isHttpsRedirect } from '@evenkeel/contracts';
import type { Finder } from './finder.ts';

export const machinesDifferInApplication: Finder = {
  ofApplication: ({ application, services }) => {
    const labels = new Map(
      services.flatMap(({ realServers }) => realServers.map(({ spec }) => [spec.address, spec.label] as const)),
    );
    return services.flatMap(({ service, realServers }) => {
      if (isHttpsRedirect(service.spec)) return [];
      const own = new Set(realServers.map(({ spec }) => spec.address));
      const missing = [...labels].filter(([address]) => !own.has(address)).map(([, label]) => label);
      if (missing.length === 0) return [];
      const detail = `${service.spec.label} lacks ${missing.join(', ')}, which other services of ${application} have`;
      return [
        { virtualServiceId: service.id, detail, advice: 'Put all machines of an application behind each service.' },
      ];
    });
  },
};
