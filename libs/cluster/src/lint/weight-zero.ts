import { type Finder, labelsOf, type ServiceView } from './finder.ts';

const atZero = ({ realServers }: ServiceView) => realServers.filter(({ spec }) => spec.weight === 0);

export const weightZeroEverywhere: Finder = {
  ofService: (view) => {
    const isEverywhere = view.realServers.length > 0 && atZero(view).length === view.realServers.length;
    if (!isEverywhere) return [];
    const detail = `${view.service.spec.label}: every real server has weight 0, so nobody takes new clients`;
    return [{ detail, advice: 'Give one of them a weight.' }];
  },
};

export const weightZeroAsDrain: Finder = {
  ofService: (view) => {
    const idle = atZero(view);
    if (idle.length === view.realServers.length) return [];
    return idle.map((realServer) => ({
      realServerId: realServer.id,
      detail: `${labelsOf([realServer])} of ${view.service.spec.label} has weight 0`,
      advice: 'Use drain: it says who did it and why, and leaves the weight as it was.',
    }));
  },
};
