import { refuse } from '@evenkeel/kernel';
import { type Decide, decided } from '../decision.ts';
import { certificateInUse, unknownCertificate } from '../rules/certificates.ts';

/** Its sealed material stays in the store, so that the removal can be reverted. */
export const removeCertificate: Decide<'RemoveCertificate'> = (cluster, { certificate }) => {
  if (!cluster.certificates.has(certificate)) return refuse(unknownCertificate(cluster, certificate));
  const refusal = certificateInUse(cluster, certificate);
  return refusal === undefined ? decided({ kind: 'CertificateRemoved', certificate }) : refuse(refusal);
};
