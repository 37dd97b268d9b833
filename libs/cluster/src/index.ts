export { type Cluster, emptyCluster, machineAt, realServersOf } from './cluster.ts';
export { type Endpoint, endpointKey, endpointsOf, type Transport } from './endpoints.ts';
export { evolve, type Occasion, withEvent } from './evolve.ts';
export { fromSnapshot, toSnapshot } from './snapshot.ts';
