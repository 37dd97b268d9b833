import { type ClusterRefusal, healthCheckOf, secretIn, type VirtualServiceSpec } from '@evenkeel/contracts';
import type { Cluster } from '../state/cluster.ts';

/** A check cannot sign in with a secret that nobody has stored. */
export const secretRefused = (cluster: Cluster, spec: VirtualServiceSpec): ClusterRefusal | undefined => {
  const named = secretIn(healthCheckOf(spec));
  if (named === undefined || cluster.secrets.has(named.secret)) return undefined;
  const pointer = `/healthCheck/${named.field}/secret`;
  const expected = knownSecrets(cluster).join(', ') || 'one that was stored before: there is none yet';
  const detail = `there is no secret ${named.secret}`;
  return { kind: 'invalid-input', errors: [{ pointer, detail, expected }] };
};

/** The services whose checks sign in with it, disabled ones as well: those are checked too. */
export const usersOfSecret = (cluster: Cluster, secret: string) =>
  [...cluster.virtualServices.values()]
    .filter(({ spec }) => secretIn(healthCheckOf(spec))?.secret === secret)
    .map(({ id: virtualServiceId, spec: { label } }) => ({ virtualServiceId, label }));

/** A secret must not go while a check signs in with it. */
export const secretInUse = (cluster: Cluster, secret: string): ClusterRefusal | undefined => {
  const users = usersOfSecret(cluster, secret);
  return users.length === 0 ? undefined : { kind: 'secret-in-use', secret, users };
};

export const unknownSecret = (cluster: Cluster, secret: string): ClusterRefusal => ({
  kind: 'unknown-secret',
  secret,
  known: [...knownSecrets(cluster)],
});

const knownSecrets = ({ secrets }: Cluster): readonly string[] => [...secrets.keys()].toSorted();
