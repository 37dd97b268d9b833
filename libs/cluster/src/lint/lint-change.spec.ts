import type { ClusterEvent } from '@evenkeel/contracts';
import { aServiceSpec, type ServiceFields, virtualServiceId } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import { clusterOf, disabled, drainStarted, pacs, serverAdded, serviceAdded, someOccasion } from '../../test/told.ts';
import { touched, withEvent } from '../index.ts';
import { lintChange } from './lint-change.ts';

// A service that lint has something to say about, so that silence means that nobody looked.
const unchecked: ServiceFields = { healthCheck: { kind: 'none' } };
const before = [serviceAdded(1, unchecked), serverAdded(51, 1), serverAdded(52, 1, pacs(2, { port: 11_112 }))];

const codesAfter = (...events: ClusterEvent[]): string[] => {
  const old = clusterOf(...before);
  const now = events.reduce((cluster, event) => withEvent(cluster, event, someOccasion), old);
  return lintChange(old, now, touched(old, events)).map(({ code, detail }) => `${code}: ${detail}`);
};

const modified = (fields: ServiceFields): ClusterEvent => ({
  kind: 'VirtualServiceModified',
  virtualServiceId: virtualServiceId(1),
  changed: ['ports'],
  service: aServiceSpec({ ...unchecked, ...fields } as ServiceFields),
});
const noCheck = 'no-health-check: DICOM has no health check: a dead server keeps its clients';

describe('lint of a change', () => {
  it('names real servers that moved with the port of their service, and not those with a port of their own', () =>
    expect(codesAfter(modified({ ports: [105] }))).toEqual([
      'effective-port-moved: INF_PACS1 moved from port 104 to 105 with DICOM',
      noCheck,
    ]));

  it('sees no move where the ports stayed', () =>
    expect(codesAfter(modified({ maxConnections: 7 }))).toEqual([noCheck]));

  it('advises on a new service, and on one whose real servers changed', () => {
    expect(codesAfter(serviceAdded(2, { label: 'B', ports: [99], ...unchecked }))).toEqual([
      'no-health-check: B has no health check: a dead server keeps its clients',
    ]);
    expect(codesAfter(serverAdded(53, 1))).toEqual([noCheck]);
  });

  it('advises on the machines of what changed', () =>
    expect(codesAfter(serverAdded(53, 1, pacs(1, { label: 'OTHER', port: 99 })))).toEqual([
      noCheck,
      'duplicate-label: 192.168.85.200 is called INF_PACS1 and OTHER',
    ]));

  it('is silent about intents, about disabling, and about what is gone', () => {
    expect(codesAfter(drainStarted(51))).toEqual([]);
    expect(codesAfter(disabled(1))).toEqual([]);
    expect(codesAfter({ kind: 'VirtualServiceRemoved', virtualServiceId: virtualServiceId(1) })).toEqual([]);
  });
});
