import type { Revision } from '@evenkeel/contracts';
import { describe, expect, it } from '@jest/globals';
import {
  clusterOf,
  revert,
  revertingIn,
  rule,
  secretReplaced,
  secretStored,
  serviceAdded,
  storeSecret,
} from '../../test/told.ts';
import { fromSnapshot, toSnapshot, touched } from '../index.ts';

describe('a secret', () => {
  it('is replaced under its name, and nothing happens when it is the same', () => {
    rule.given(secretStored('monitor', 1)).when(storeSecret('monitor', 2)).then(secretReplaced('monitor', 2));
    rule.given(secretStored('monitor', 1)).when(storeSecret('monitor', 1)).then();
  });

  it('is found in the audit index by its name', () =>
    expect(touched(clusterOf(), [secretStored('monitor', 1)])).toEqual(['secret:monitor']));

  it('comes through a snapshot, and is in none that knows no secrets', () => {
    const cluster = clusterOf(secretStored('monitor', 1), serviceAdded(1));
    expect(fromSnapshot(toSnapshot(cluster)).secrets.toJS()).toEqual(cluster.secrets.toJS());
    expect(toSnapshot(clusterOf(serviceAdded(1)))).not.toHaveProperty('secrets');
  });
});

describe('reverting', () => {
  const reverted = { kind: 'CommitReverted', revision: 2 as Revision } as const;

  it('brings the value of before back, which the store still has', () =>
    revertingIn([secretStored('monitor', 1)], [secretReplaced('monitor', 2)])
      .when(revert(2))
      .then(reverted, secretReplaced('monitor', 1)));

  it('brings a removed one back', () =>
    revertingIn([secretStored('monitor', 1)], [{ kind: 'SecretRemoved', secret: 'monitor' }])
      .when(revert(2))
      .then(reverted, secretStored('monitor', 1)));

  it('refuses when it was replaced once more since', () =>
    revertingIn([secretStored('monitor', 1)], [secretReplaced('monitor', 2)], [secretReplaced('monitor', 3)])
      .when(revert(2))
      .refuses('changed-since', { things: [{ label: 'monitor', fields: [] }], by: [3 as Revision] }));
});
