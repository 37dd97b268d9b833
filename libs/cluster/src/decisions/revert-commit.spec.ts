import type { ClusterEvent, Revision } from '@evenkeel/contracts';
import { aServiceSpec, realServerId, virtualServiceId } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import { referenceEvents } from '../../test/reference.ts';
import {
  aContext,
  broughtOnline,
  clusterOf,
  dicomWithTwo,
  disabled,
  drainStarted,
  halted,
  pacs,
  revert,
  revertingIn,
  rule,
  serverAdded,
  serviceAdded,
  settingsChanged,
} from '../../test/told.ts';
import { decide } from '../index.ts';

// The commit to revert has revision 2, and what came later is revision 3.
const marker: ClusterEvent = { kind: 'CommitReverted', revision: 2 as Revision };
const by = [3 as Revision];
const service = virtualServiceId(1);

const modified = (changed: string[], fields: Parameters<typeof aServiceSpec>[0]): ClusterEvent => ({
  kind: 'VirtualServiceModified',
  virtualServiceId: service,
  changed,
  service: aServiceSpec(fields),
});
const reweighted = (id: number, weight: number): ClusterEvent => ({
  kind: 'RealServerModified',
  realServerId: realServerId(id),
  changed: ['weight'],
  realServer: pacs(id - 50, { weight }),
});
const removed: ClusterEvent = { kind: 'VirtualServiceRemoved', virtualServiceId: service };
const enabled: ClusterEvent = { kind: 'VirtualServiceEnabled', virtualServiceId: service };
const serverRemoved = (id: number): ClusterEvent => ({ kind: 'RealServerRemoved', realServerId: realServerId(id) });

describe('reverting', () => {
  it.each<[string, ClusterEvent[], ClusterEvent[], ClusterEvent[]]>([
    ['an addition removes', [], [serviceAdded(1), serverAdded(51, 1)], [removed]],
    ['a new real server removes it', [...dicomWithTwo], [serverAdded(53, 1)], [serverRemoved(53)]],
    [
      'a change gives the old values',
      [serviceAdded(1)],
      [modified(['ports'], { ports: [105] })],
      [modified(['ports'], {})],
    ],
    ['a new weight gives the old one', [...dicomWithTwo], [reweighted(51, 1)], [reweighted(51, 100)]],
    ['a drain brings online', [...dicomWithTwo], [drainStarted(51)], [broughtOnline(51)]],
    [
      'a halt of a draining one drains',
      [...dicomWithTwo, drainStarted(51, 'forget')],
      [halted(51)],
      [drainStarted(51, 'forget')],
    ],
    ['an end of a halt halts', [...dicomWithTwo, halted(51, 'finish')], [broughtOnline(51)], [halted(51, 'finish')]],
    ['a disabling enables', [...dicomWithTwo], [disabled(1)], [enabled]],
    ['an enabling disables', [...dicomWithTwo, disabled(1)], [enabled], [disabled(1)]],
    [
      'a change of settings gives the old ones',
      [settingsChanged({ massRemovalPercent: 10 })],
      [settingsChanged({ massRemovalPercent: 20, ticketRequired: 'all' })],
      [settingsChanged({ massRemovalPercent: 10 }, ['massRemovalPercent', 'ticketRequired'])],
    ],
  ])('%s', (_what, before, commit, inverse) =>
    revertingIn(before, commit, [], { hasTicket: true })
      .when(revert(2))
      .then(marker, ...inverse),
  );

  it('a removal gives everything back under its old id and number, intents and disabled included', () => {
    const before = [...dicomWithTwo, halted(51, 'finish'), disabled(1)];
    revertingIn(before, [removed])
      .when(revert(2))
      .then(marker, serviceAdded(1), disabled(1), serverAdded(51, 1), halted(51, 'finish'), serverAdded(52, 1));
  });

  it('a removed real server gives it back with its intent', () =>
    revertingIn([...dicomWithTwo, drainStarted(51)], [serverRemoved(51)])
      .when(revert(2))
      .then(marker, serverAdded(51, 1), drainStarted(51)));

  it('a whole blueprint removes all that it made, in one commit', () => {
    const given = revertingIn([], referenceEvents()).when(revert(2));
    const services = [101, 102, 103, 104, 105].map(virtualServiceId);
    given.then(
      marker,
      ...services.map((id): ClusterEvent => ({ kind: 'VirtualServiceRemoved', virtualServiceId: id })),
    );
  });

  it('leaves alone what others changed since, in the same thing too', () =>
    revertingIn(
      [serviceAdded(1)],
      [modified(['ports'], { ports: [105] })],
      [modified(['balance'], { ports: [105], balance: 'round-robin' })],
    )
      .when(revert(2))
      .then(marker, modified(['ports'], { balance: 'round-robin' })));

  it('makes no commit when the old values are back already', () => {
    revertingIn([...dicomWithTwo], [drainStarted(51)], [broughtOnline(51)])
      .when(revert(2))
      .then();
    revertingIn([...dicomWithTwo], [serverAdded(53, 1)], [serverRemoved(53)])
      .when(revert(2))
      .then();
    revertingIn([...dicomWithTwo], [removed], [...dicomWithTwo])
      .when(revert(2))
      .then();
  });

  it('says by label what it did', () => {
    const history = {
      commit: { revision: 2 as Revision, events: [serverRemoved(51)] },
      before: clusterOf(...dicomWithTwo),
      later: [],
    };
    const answer = decide(clusterOf(...dicomWithTwo, serverRemoved(51)), revert(2), aContext({ history }));
    expect(answer.ok && answer.value.summary).toEqual({
      added: [{ virtualService: 'DICOM', realServer: 'INF_PACS1' }],
      changed: [],
      removed: [],
    });
  });
});

describe('a commit is not reverted', () => {
  it('that does not exist', () =>
    rule
      .given(...dicomWithTwo)
      .when(revert(2))
      .refuses('unknown-revision', { revision: 2 as Revision }));

  const label = 'DICOM';
  it.each<[string, readonly ClusterEvent[], ClusterEvent[], ClusterEvent[], { label: string; fields: string[] }]>([
    [
      'the same field',
      [serviceAdded(1)],
      [modified(['ports'], { ports: [105] })],
      [modified(['ports'], { ports: [106] })],
      { label, fields: ['ports'] },
    ],
    [
      'the same intent',
      dicomWithTwo,
      [drainStarted(51)],
      [halted(51)],
      { label: 'INF_PACS1 of DICOM', fields: ['intent'] },
    ],
    [
      'a real server that it would remove',
      dicomWithTwo,
      [serverAdded(53, 1)],
      [reweighted(53, 1)],
      { label: 'INF_PACS3 of DICOM', fields: ['weight'] },
    ],
    [
      'the service, by a removal',
      dicomWithTwo,
      [modified(['ports'], { ports: [105] })],
      [removed],
      { label, fields: [] },
    ],
    [
      'the service that a real server would come back to',
      dicomWithTwo,
      [serverRemoved(51)],
      [removed],
      { label, fields: [] },
    ],
    [
      'the members of a service that it would remove',
      [],
      [serviceAdded(1), serverAdded(51, 1)],
      [serverAdded(52, 1)],
      { label, fields: ['realServers'] },
    ],
    [
      'the settings',
      [],
      [settingsChanged({ massRemovalPercent: 20 })],
      [settingsChanged({ massRemovalPercent: 30 })],
      { label: 'settings', fields: ['massRemovalPercent'] },
    ],
  ])('once somebody changed %s', (_what, before, commit, since, thing) =>
    revertingIn(before, commit, since)
      .when(revert(2))
      .refuses('changed-since', { revision: 2 as Revision, things: [thing], by }),
  );

  it('when somebody else has taken the place', () => {
    const label104 = serviceAdded(2, { label: 'NEW' });
    revertingIn([...dicomWithTwo], [removed], [label104])
      .when(revert(2))
      .refuses('address-and-port-in-use', { holder: { virtualServiceId: virtualServiceId(2), label: 'NEW' } });
    revertingIn([...dicomWithTwo], [removed], [serviceAdded(2, { ports: [105] })])
      .when(revert(2))
      .refuses('label-in-use');
  });

  it('when somebody follows what it made', () => {
    const healthCheck = { kind: 'follow', virtualService: service } as const;
    revertingIn([], [serviceAdded(1)], [serviceAdded(2, { label: 'QUERY', ports: [105], healthCheck })])
      .when(revert(2))
      .refuses('still-followed');
  });

  it('when it would follow a service that has gone since', () => {
    const following = (id: number, fields: object = {}) =>
      ({ ...fields, healthCheck: { kind: 'follow', virtualService: virtualServiceId(id) } }) as const;
    const query = { label: 'QUERY', ports: [105] };
    const mwl = serviceAdded(3, { label: 'MWL', ports: [204] });
    const before = [serviceAdded(1, following(2)), serviceAdded(2, following(3, query)), mwl];
    const toQuery: ClusterEvent = {
      kind: 'VirtualServiceModified',
      virtualServiceId: virtualServiceId(2),
      changed: ['healthCheck'],
      service: aServiceSpec(query),
    };
    const commit = [modified(['healthCheck'], {}), toQuery];
    const detail = `there is no virtual service ${virtualServiceId(3)}`;
    const pointer = '/healthCheck/virtualService';
    revertingIn(before, commit, [{ kind: 'VirtualServiceRemoved', virtualServiceId: virtualServiceId(3) }])
      .when(revert(2))
      .refuses('invalid-input', { errors: [{ pointer, detail, expected: 'the id of another virtual service' }] });
  });

  it('when old and new values cannot stand together', () => {
    const http = { mode: 'http', persistence: { kind: 'http-cookie' } } as const;
    const [before, after] = [aServiceSpec(), aServiceSpec({ mode: 'http' })];
    const changed = ['fallback', 'forwardedFor', 'mode', 'requestTimeout', 'timeouts'];
    expect(before).not.toEqual(after);
    revertingIn([serviceAdded(1)], [modified(changed, { mode: 'http' })], [modified(['persistence'], http)])
      .when(revert(2))
      .refuses('invalid-combination');
  });

  it('when it would leave a service without an available real server, but for force and a reason', () => {
    const before = [...dicomWithTwo, halted(51), halted(52)];
    const reverting = (hasReason: boolean) => revertingIn(before, [broughtOnline(51)], [], { hasReason });
    reverting(false).when(revert(2)).refuses('last-available-real-server');
    reverting(false).when(revert(2, true)).refuses('reason-required', { missing: 'reason' });
    reverting(true).when(revert(2, true)).then(marker, halted(51));
  });
});
