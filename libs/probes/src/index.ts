export { ownPlaces } from './own-places.ts';
export { Probes } from './probes.ts';
export { type Listen, Transcript } from './transcript.ts';
