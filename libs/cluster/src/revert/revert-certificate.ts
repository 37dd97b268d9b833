import { certificateEntity } from '../touched.ts';
import { changedSince, events, type Step } from './step.ts';
import type { Timeline } from './timeline.ts';

/** Takes back what a commit did to a certificate. The store still has the material of before, by its hash. */
export const revertCertificate = ({ was, became, now }: Timeline, certificate: string): Step => {
  const [old, done, present] = [was, became, now].map(({ certificates }) => certificates.get(certificate)?.facts);
  if (present?.material === old?.material) return events();
  if (present?.material !== done?.material) return changedSince(certificateEntity(certificate), certificate, []);
  if (old === undefined) return events({ kind: 'CertificateRemoved', certificate });
  const kind = present === undefined ? 'CertificateStored' : 'CertificateReplaced';
  return events({ kind, certificate, facts: old });
};
