import {
  type BalancedService,
  type ClusterConfiguration,
  type ClusterName,
  type DeclaredService,
  type HttpsRedirect,
  isHttpsRedirect,
  type VirtualServiceState,
} from '@evenkeel/contracts';
import { type Cluster, realServersOf } from '../state/cluster.ts';
import { serviceIn } from '../state/with-service.ts';
import { rulesByLabel } from './declared-rules.ts';
import { servicesInScope } from './services-in-scope.ts';

/** One scope of the cluster as a document that changes nothing when it is applied. Every field is written out. */
export const configurationOf = (cluster: Cluster, scope: string, name: ClusterName): ClusterConfiguration => ({
  apiVersion: 'evenkeel/v1',
  kind: 'ClusterConfiguration',
  metadata: { cluster: name, scope },
  virtualServices: servicesInScope(cluster, scope).map((service) => declared(cluster, service)),
});

const declared = (cluster: Cluster, { id, spec }: VirtualServiceState): DeclaredService => {
  if (isHttpsRedirect(spec)) return withoutScope(spec);
  const { scope, ...fields } = spec;
  const realServers = realServersOf(cluster, id).map((realServer) => realServer.spec);
  const healthCheck = checkByLabel(cluster, scope, spec);
  return { ...fields, ...rulesByLabel(cluster, scope, spec), healthCheck, realServers } as DeclaredService;
};

const withoutScope = (spec: HttpsRedirect): Omit<HttpsRedirect, 'scope'> =>
  Object.fromEntries(Object.entries(spec).filter(([field]) => field !== 'scope')) as Omit<HttpsRedirect, 'scope'>;

/** A service of another scope has no name in this document but its id. */
const checkByLabel = (cluster: Cluster, ownScope: string, { healthCheck }: BalancedService) => {
  if (healthCheck.kind !== 'follow') return healthCheck;
  const { scope, label } = serviceIn(cluster, healthCheck.virtualService).spec;
  return scope === ownScope ? { ...healthCheck, virtualService: label } : healthCheck;
};
