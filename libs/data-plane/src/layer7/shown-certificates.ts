import { type Cluster } from '@evenkeel/cluster';
import { type CertificateState } from '@evenkeel/contracts';

/** The certificates that HAProxy loads: those of services that listen, each once. */
export const shownCertificates = ({ virtualServices, certificates }: Cluster): readonly CertificateState[] => {
  if (certificates.isEmpty()) return [];
  const names = new Set(
    [...virtualServices.values()].flatMap(({ enabled, spec }) =>
      enabled && 'tls' in spec && spec.tls !== undefined ? spec.tls.certificates : [],
    ),
  );
  return [...names].flatMap((name) => certificates.get(name) ?? []);
};
