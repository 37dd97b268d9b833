import type { ClusterRefusal, InputError, VirtualServiceSpec } from '@evenkeel/contracts';
import { type Cluster } from '../state/cluster.ts';

/** By name, of the certificates that a service shows its clients. */
export const certificatesOf = (spec: VirtualServiceSpec): readonly string[] =>
  ('tls' in spec && spec.tls?.certificates) || [];

/** A service cannot show a certificate that nobody has stored. */
export const certificatesRefused = (cluster: Cluster, spec: VirtualServiceSpec): ClusterRefusal | undefined => {
  const errors = certificatesOf(spec).flatMap((name, index): InputError[] => {
    if (cluster.certificates.has(name)) return [];
    const known = knownCertificates(cluster).join(', ') || 'one that was stored before: there is none yet';
    return [{ pointer: `/tls/certificates/${index}`, detail: `there is no certificate ${name}`, expected: known }];
  });
  return errors.length === 0 ? undefined : { kind: 'invalid-input', errors };
};

/** A certificate must not go while a service shows it, enabled or not. */
export const certificateInUse = (cluster: Cluster, certificate: string): ClusterRefusal | undefined => {
  const users = [...cluster.virtualServices.values()]
    .filter(({ spec }) => certificatesOf(spec).includes(certificate))
    .map(({ id: virtualServiceId, spec: { label } }) => ({ virtualServiceId, label }));
  return users.length === 0 ? undefined : { kind: 'certificate-in-use', certificate, users };
};

export const unknownCertificate = (cluster: Cluster, certificate: string): ClusterRefusal => ({
  kind: 'unknown-certificate',
  certificate,
  known: [...knownCertificates(cluster)],
});

const knownCertificates = ({ certificates }: Cluster): readonly string[] => [...certificates.keys()].toSorted();
