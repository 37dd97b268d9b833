import type { ClusterCommand, ClusterRefusal, Revision } from '@evenkeel/contracts';
import type { Cluster } from '../state/cluster.ts';

/**
 * `If-Match`: refuses when the one entity that the command names has another version. That entity is its real server,
 * its virtual service, the source of a duplicate, the settings, or for a command that may touch anything (apply, revert)
 * the cluster, whose version is the newest revision. A command that names none (a new service, a machine, a blueprint)
 * is refused as well: a condition that nobody can check must not look checked. An unknown entity is left to the
 * decision, which says so.
 */
export const staleVersion = (
  cluster: Cluster,
  command: ClusterCommand,
  given: Revision | undefined,
): ClusterRefusal | undefined => {
  if (given === undefined) return undefined;
  const named = entityOf(cluster, command);
  if (named === 'none') return nothingToMatch(command);
  const present = named?.version;
  return present === undefined || present === given ? undefined : { kind: 'stale-version', present, given };
};

const entityOf = (cluster: Cluster, command: ClusterCommand): { readonly version: Revision } | undefined | 'none' => {
  if (command.kind === 'SetClusterSettings') return cluster.settings;
  if (command.kind === 'ApplyConfiguration' || command.kind === 'RevertCommit') return { version: cluster.revision };
  if ('certificate' in command) return cluster.certificates.get(command.certificate);
  if ('secret' in command) return cluster.secrets.get(command.secret);
  if ('realServerId' in command) return cluster.realServers.get(command.realServerId);
  if ('virtualServiceId' in command) return cluster.virtualServices.get(command.virtualServiceId);
  return 'source' in command ? cluster.virtualServices.get(command.source) : 'none';
};

const nothingToMatch = ({ kind }: ClusterCommand): ClusterRefusal => ({
  kind: 'invalid-input',
  errors: [{ pointer: '/ifMatch', detail: `${kind} names nothing that has a version`, expected: 'no If-Match' }],
});
