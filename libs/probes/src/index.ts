export { Probes } from './probes.ts';
