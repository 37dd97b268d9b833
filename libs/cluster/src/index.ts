export { decide } from './decide.ts';
export { type Decided, type Decision, type DecisionContext } from './decision.ts';
export { isAvailable } from './rules/availability.ts';
export { effectivePorts } from './rules/effective-ports.ts';
export { type Cluster, emptyCluster, machineAt, realServersOf, serviceOf } from './state/cluster.ts';
export { type Endpoint, endpointKey, endpointsOf, type Transport } from './state/endpoints.ts';
export { evolve, type Occasion, UnknownEvent, withEvent } from './state/evolve.ts';
export { fromSnapshot, toSnapshot } from './state/snapshot.ts';
export { touched } from './touched.ts';
