import { refuse } from '@evenkeel/kernel';
import { type Decide, decided } from '../decision.ts';
import { secretInUse, unknownSecret } from '../rules/secrets.ts';

/** What is sealed stays in the store, so that the removal can be reverted. */
export const removeSecret: Decide<'RemoveSecret'> = (cluster, { secret }) => {
  if (!cluster.secrets.has(secret)) return refuse(unknownSecret(cluster, secret));
  const refusal = secretInUse(cluster, secret);
  return refusal === undefined ? decided({ kind: 'SecretRemoved', secret }) : refuse(refusal);
};
