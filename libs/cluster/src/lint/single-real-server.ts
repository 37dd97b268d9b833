import { type Finder, labelsOf } from './finder.ts';

export const singleRealServer: Finder = {
  ofService: ({ service: { spec }, realServers }) => {
    if (realServers.length !== 1) return [];
    const detail = `${spec.label} has only ${labelsOf(realServers)}`;
    return [{ detail, advice: 'Add a second real server: there is nothing to fail over to.' }];
  },
};
