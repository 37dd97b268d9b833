import { type Cluster } from '@evenkeel/cluster';
import { comment } from './config-text.ts';

/**
 * Which certificates a node is to hold, for people and for the hash of the configuration: nodes that report the same hash
 * hold the same ones. A comment, so that a replacement is no change of structure. Nothing where there are none.
 */
export const renderCertificates = (certificates: Cluster['certificates']): readonly string[] => {
  if (certificates.isEmpty()) return [];
  const lines = [...certificates.values()].map(({ name, facts }) =>
    comment(`certificate ${name}: SHA-256 ${facts.fingerprint}, chain ${facts.material}, until ${facts.notAfter}`),
  );
  return [['\n', ...lines.toSorted()].join('')];
};
