export { ownPlaces } from './own-places.ts';
export { Probes } from './probes.ts';
