import { type Revision } from '@evenkeel/contracts';
import { virtualServiceId } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import {
  addService,
  certificateReplaced,
  certificateStored,
  clusterOf,
  modifyService,
  revert,
  revertingIn,
  rule,
  serviceAdded,
  storeCertificate,
} from '../../test/told.ts';
import { fromSnapshot, toSnapshot } from '../index.ts';

const web = { label: 'WEB', ports: [443], mode: 'http' as const };
const shown = { ...web, tls: { certificates: ['pacs'] } };

describe('a certificate', () => {
  it('is replaced under its name, and nothing happens when it is the same', () => {
    rule.given(certificateStored('pacs', 1)).when(storeCertificate('pacs', 2)).then(certificateReplaced('pacs', 2));
    rule.given(certificateStored('pacs', 1)).when(storeCertificate('pacs', 1)).then();
  });

  it('must be there before a service shows it', () => {
    const errors = [
      {
        pointer: '/tls/certificates/0',
        detail: 'there is no certificate pacs',
        expected: 'one that was stored before: there is none yet',
      },
    ];
    rule.given().when(addService(shown)).refuses('invalid-input', { errors });
    rule
      .given(serviceAdded(1, web))
      .when(modifyService(1, { tls: { certificates: ['pacs'] } }))
      .refuses('invalid-input', { errors });
  });

  it('comes through a snapshot, and is in none that knows no certificates', () => {
    const cluster = clusterOf(certificateStored('pacs', 1), serviceAdded(1, shown));
    expect(fromSnapshot(toSnapshot(cluster)).certificates.toJS()).toEqual(cluster.certificates.toJS());
    expect(toSnapshot(clusterOf(serviceAdded(1, web)))).not.toHaveProperty('certificates');
  });
});

describe('reverting', () => {
  it('brings the certificate of before back, which the store still has', () =>
    revertingIn([certificateStored('pacs', 1)], [certificateReplaced('pacs', 2)])
      .when(revert(2))
      .then({ kind: 'CommitReverted', revision: 2 as Revision }, certificateReplaced('pacs', 1)));

  it('refuses when it was replaced once more since', () =>
    revertingIn([certificateStored('pacs', 1)], [certificateReplaced('pacs', 2)], [certificateReplaced('pacs', 3)])
      .when(revert(2))
      .refuses('changed-since', { things: [{ label: 'pacs', fields: [] }], by: [3 as Revision] }));

  it('refuses to take away what a service shows', () =>
    revertingIn([serviceAdded(2)], [certificateStored('pacs', 1)], [serviceAdded(1, shown)])
      .when(revert(2))
      .refuses('certificate-in-use', { users: [{ virtualServiceId: virtualServiceId(1), label: 'WEB' }] }));
});
