export { Identity } from './identity.ts';
export { ownPlaces } from './own-places.ts';
export { type IdentityOf, Probes } from './probes.ts';
export { type Listen, Transcript } from './transcript.ts';
