import { refuse } from '@evenkeel/kernel';
import { type Decide, decided } from '../decision.ts';
import { unknownSecret } from '../rules/secrets.ts';

/** What is sealed stays in the store, so that the removal can be reverted. */
export const removeSecret: Decide<'RemoveSecret'> = (cluster, { secret }) =>
  cluster.secrets.has(secret) ? decided({ kind: 'SecretRemoved', secret }) : refuse(unknownSecret(cluster, secret));
