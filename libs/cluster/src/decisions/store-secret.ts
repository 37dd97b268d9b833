import { type Decide, decided } from '../decision.ts';

/** New, or in the place of the one that has the name; nothing when it is the very same value. */
export const storeSecret: Decide<'StoreSecret'> = ({ secrets }, { secret, facts }) => {
  const present = secrets.get(secret);
  if (present === undefined) return decided({ kind: 'SecretStored', secret, facts });
  if (present.facts.material === facts.material) return decided();
  return decided({ kind: 'SecretReplaced', secret, facts });
};
