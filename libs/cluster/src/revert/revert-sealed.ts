import type { CertificateFacts, ClusterEvent, SecretFacts } from '@evenkeel/contracts';
import { certificateEntity, secretEntity } from '../touched.ts';
import { changedSince, events, type Step } from './step.ts';
import type { Timeline } from './timeline.ts';

// What is sealed beside the book. The store still has the material of before, by its name.

/** Takes back what a commit did to a certificate. */
export const revertCertificate = ({ was, became, now }: Timeline, certificate: string): Step =>
  revertSealed<CertificateFacts>(
    [was, became, now].map(({ certificates }) => certificates.get(certificate)?.facts),
    { entity: certificateEntity(certificate), name: certificate },
    {
      removed: { kind: 'CertificateRemoved', certificate },
      stored: (facts) => ({ kind: 'CertificateStored', certificate, facts }),
      replaced: (facts) => ({ kind: 'CertificateReplaced', certificate, facts }),
    },
  );

/** Takes back what a commit did to a secret. */
export const revertSecret = ({ was, became, now }: Timeline, secret: string): Step =>
  revertSealed<SecretFacts>(
    [was, became, now].map(({ secrets }) => secrets.get(secret)?.facts),
    { entity: secretEntity(secret), name: secret },
    {
      removed: { kind: 'SecretRemoved', secret },
      stored: (facts) => ({ kind: 'SecretStored', secret, facts }),
      replaced: (facts) => ({ kind: 'SecretReplaced', secret, facts }),
    },
  );

type Telling<Facts> = {
  readonly removed: ClusterEvent;
  readonly stored: (facts: Facts) => ClusterEvent;
  readonly replaced: (facts: Facts) => ClusterEvent;
};

const revertSealed = <Facts extends { readonly material: string }>(
  [old, done, present]: readonly (Facts | undefined)[],
  { entity, name }: { readonly entity: string; readonly name: string },
  { removed, stored, replaced }: Telling<Facts>,
): Step => {
  if (present?.material === old?.material) return events();
  if (present?.material !== done?.material) return changedSince(entity, name, []);
  if (old === undefined) return events(removed);
  return events(present === undefined ? stored(old) : replaced(old));
};
