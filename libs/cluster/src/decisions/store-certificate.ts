import { type Decide, decided } from '../decision.ts';

/** New, or in the place of the one that has the name; nothing when it is the very same chain. */
export const storeCertificate: Decide<'StoreCertificate'> = ({ certificates }, { certificate, facts }) => {
  const present = certificates.get(certificate);
  if (present === undefined) return decided({ kind: 'CertificateStored', certificate, facts });
  if (present.facts.material === facts.material) return decided();
  return decided({ kind: 'CertificateReplaced', certificate, facts });
};
