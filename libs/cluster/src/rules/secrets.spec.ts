import type { Revision } from '@evenkeel/contracts';
import { virtualServiceId } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import {
  aDocument,
  addService,
  apply,
  clusterOf,
  declared,
  disabled,
  duplicate,
  modifyService,
  removeSecret,
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

const signingIn = {
  label: 'WEB',
  ports: [80],
  mode: 'http' as const,
  healthCheck: { kind: 'http' as const, basicAuth: { secret: 'monitor' } },
};
const { healthCheck, ...anonymous } = signingIn;
const users = [{ virtualServiceId: virtualServiceId(1), label: 'WEB' }];

describe('a check that signs in', () => {
  const missing = (expected = 'one that was stored before: there is none yet', at = '') => ({
    errors: [{ pointer: `${at}/healthCheck/basicAuth/secret`, detail: 'there is no secret monitor', expected }],
  });

  it('needs a secret that is there: in a new service, in a changed one, in a copy, in a document', () => {
    rule.given().when(addService(signingIn)).refuses('invalid-input', missing());
    rule
      .given(secretStored('other', 1), serviceAdded(1, anonymous))
      .when(modifyService(1, { healthCheck }))
      .refuses('invalid-input', missing('other'));
    rule
      .given(serviceAdded(1, anonymous))
      .when(duplicate(1, 'COPY', { ports: [81], healthCheck }))
      .refuses('invalid-input', missing());
    rule
      .given()
      .when(apply(aDocument([declared(signingIn)])))
      .refuses('invalid-input', missing(undefined, '/virtualServices/0'));
  });

  it('is refused as well where it binds to a directory', () => {
    const healthCheck = { kind: 'ldap' as const, bindAs: { secret: 'monitor' } };
    const errors = [{ ...missing().errors[0]!, pointer: '/healthCheck/bindAs/secret' }];
    rule.given().when(addService({ healthCheck })).refuses('invalid-input', { errors });
    rule
      .given(secretStored('monitor', 1), serviceAdded(1, { healthCheck }))
      .when(removeSecret('monitor'))
      .refuses('secret-in-use', { secret: 'monitor', users: [{ ...users[0]!, label: 'DICOM' }] });
  });

  it('keeps its secret from being removed, also when the service is disabled', () =>
    rule
      .given(secretStored('monitor', 1), serviceAdded(1, signingIn), disabled(1))
      .when(removeSecret('monitor'))
      .refuses('secret-in-use', { secret: 'monitor', users }));

  it('has its name in the book and nothing else', () =>
    rule
      .given(secretStored('monitor', 1))
      .when(addService(signingIn))
      .then(serviceAdded(101, signingIn, 1)));
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

  it('refuses to take away what a check signs in with', () =>
    revertingIn([serviceAdded(2)], [secretStored('monitor', 1)], [serviceAdded(1, signingIn)])
      .when(revert(2))
      .refuses('secret-in-use', { users }));

  it('refuses when it was replaced once more since', () =>
    revertingIn([secretStored('monitor', 1)], [secretReplaced('monitor', 2)], [secretReplaced('monitor', 3)])
      .when(revert(2))
      .refuses('changed-since', { things: [{ label: 'monitor', fields: [] }], by: [3 as Revision] }));
});
