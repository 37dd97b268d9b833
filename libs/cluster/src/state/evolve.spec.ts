import { type ClusterEvent, defaultSettings, type Hash, noHash, type Revision } from '@evenkeel/contracts';
import { Bug } from '@evenkeel/kernel';
import {
  aCommit,
  anActor,
  aRealServerSpec,
  aServiceSpec,
  realServerId,
  type ServiceFields,
  virtualServiceId,
} from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import { sealed } from '../../test/book.ts';
import {
  broughtOnline,
  clusterOf,
  dicomWithTwo,
  disabled,
  drainStarted,
  serverAdded,
  serviceAdded,
  settingsChanged,
  someOccasion,
} from '../../test/told.ts';
import {
  emptyCluster,
  evolve,
  fromSnapshot,
  machineAt,
  realServersOf,
  serviceOf,
  toSnapshot,
  UnknownEvent,
  withEvent,
} from '../index.ts';

const book = sealed([[...dicomWithTwo], [drainStarted(51)]]);
const [first, second] = book;
if (first === undefined || second === undefined) throw new Error('a book of two');
const afterFirst = evolve(emptyCluster, first.commit, first.hash);

describe('folding a commit', () => {
  it('takes its revision and hash, and marks what it touched with the revision', () => {
    const cluster = evolve(afterFirst, second.commit, second.hash);
    expect([cluster.revision, cluster.hash]).toEqual([2, second.hash]);
    expect(cluster.realServers.get(realServerId(51))?.version).toBe(2);
    expect(cluster.realServers.get(realServerId(52))?.version).toBe(1);
  });

  it('ignores one that it holds already', () => expect(evolve(afterFirst, first.commit, first.hash)).toBe(afterFirst));

  it('takes a gap, and a commit of another history, for our bug', () => {
    expect(() => evolve(emptyCluster, second.commit, second.hash)).toThrow(Bug);
    const forged = { ...second.commit, previousHash: noHash };
    expect(() => evolve(afterFirst, forged, second.hash)).toThrow(Bug);
  });

  it('stops at a fact that this version does not know, and leaves the state as it was', () => {
    const newer = { kind: 'VirtualServiceCloned' } as unknown as ClusterEvent;
    const commit = aCommit({ revision: 2 as Revision, previousHash: first.hash, events: [drainStarted(51), newer] });
    expect(() => evolve(afterFirst, commit, 'x' as Hash)).toThrow(new UnknownEvent('VirtualServiceCloned'));
    expect(afterFirst.realServers.get(realServerId(51))?.intent).toEqual({ intent: 'online' });
  });

  it('takes a fact about something that is not there for our bug', () =>
    expect(() => withEvent(emptyCluster, drainStarted(51), someOccasion)).toThrow(Bug));

  it('gives what was stored before a field existed the default of that field', () => {
    const older = (spec: object, ...fields: readonly string[]): never =>
      Object.fromEntries(Object.entries(spec).filter(([field]) => !fields.includes(field))) as never;
    const [service, server] = [aServiceSpec({ mode: 'http', ports: [80] }), aRealServerSpec()];
    const told: readonly ClusterEvent[] = [
      { ...serviceAdded(1), service: older(service, 'tunnelTimeout', 'onDown') } as ClusterEvent,
      { ...serverAdded(51, 1), realServer: older(server, 'maxConnections') } as ClusterEvent,
    ];
    const cluster = clusterOf(...told);
    expect(cluster.virtualServices.get(virtualServiceId(1))?.spec).toEqual(service);
    expect(cluster.realServers.get(realServerId(51))?.spec).toEqual(server);
  });

  it('shares what did not change', () => {
    const cluster = evolve(afterFirst, second.commit, second.hash);
    expect(cluster.virtualServices).toBe(afterFirst.virtualServices);
    expect(cluster.endpoints).toBe(afterFirst.endpoints);
    expect(cluster.realServers.get(realServerId(52))).toBe(afterFirst.realServers.get(realServerId(52)));
  });
});

describe('a commit of many events', () => {
  const query = { label: 'QUERY', ports: [105] };
  const moved = (number: number, fields: ServiceFields): ClusterEvent => ({
    kind: 'VirtualServiceModified',
    virtualServiceId: virtualServiceId(number),
    changed: ['ports'],
    service: aServiceSpec(fields),
  });

  it('may swap the ports of two services', () => {
    const swapped = clusterOf(
      ...[serviceAdded(1), serviceAdded(2, query)],
      ...[moved(1, { ports: [105] }), moved(2, { ...query, ports: [104] })],
    );
    expect(Object.fromEntries(swapped.endpoints)).toEqual({
      '192.168.85.150 105/tcp': virtualServiceId(1),
      '192.168.85.150 104/tcp': virtualServiceId(2),
    });
  });

  it('may bring back what was removed, to its old place', () => {
    const first: readonly ClusterEvent[] = [
      serviceAdded(1),
      serviceAdded(2, query),
      serverAdded(51, 2),
      serverAdded(52, 2),
    ];
    const gone: readonly ClusterEvent[] = [
      { kind: 'VirtualServiceRemoved', virtualServiceId: virtualServiceId(1) },
      { kind: 'RealServerRemoved', realServerId: realServerId(51) },
    ];
    const back = clusterOf(...first, ...gone, serviceAdded(1), serverAdded(51, 2));
    expect(toSnapshot(back)).toEqual(toSnapshot(clusterOf(...first)));
    expect(realServersOf(back, virtualServiceId(2)).map(({ number }) => number)).toEqual([51, 52]);
  });
});

describe('the settings', () => {
  const changed = clusterOf(settingsChanged({ massRemovalPercent: 50 }));

  it('are the default ones until somebody sets them, and then in every snapshot', () => {
    expect(emptyCluster.settings).toEqual({ spec: defaultSettings, version: 0 });
    expect(toSnapshot(emptyCluster)).not.toHaveProperty('settings');
    expect(changed.settings).toEqual({ spec: { ...defaultSettings, massRemovalPercent: 50 }, version: 1 });
    expect(fromSnapshot(toSnapshot(changed)).settings).toEqual(changed.settings);
  });

  it('are the default ones in a snapshot from before there were any', () =>
    expect(fromSnapshot(toSnapshot(clusterOf(...dicomWithTwo))).settings).toEqual(emptyCluster.settings));

  it('have a default for what an older event did not say', () => {
    const older = { kind: 'ClusterSettingsChanged', changed: ['ticketRequired'], settings: { ticketRequired: 'all' } };
    expect(clusterOf(older as ClusterEvent).settings.spec).toEqual({ ...defaultSettings, ticketRequired: 'all' });
  });
});

describe('who did it and why', () => {
  const jones = { ...someOccasion, actor: anActor({ name: 'jones' }), reason: 'new disks' };
  const cluster = clusterOf(...dicomWithTwo);

  it('stays with an intent until the next one', () => {
    const drained = withEvent(cluster, drainStarted(51), jones);
    expect(drained.realServers.get(realServerId(51))).toMatchObject({ intentBy: 'jones', intentReason: 'new disks' });
    const back = withEvent(drained, broughtOnline(51), someOccasion).realServers.get(realServerId(51));
    expect(back).toMatchObject({ intentBy: 'admin', intent: { intent: 'online' } });
    expect(back).not.toHaveProperty('intentReason');
  });

  it('stays with a disabled service until it is enabled', () => {
    const off = withEvent(cluster, disabled(1), jones);
    expect(off.virtualServices.get(virtualServiceId(1))?.disabled).toEqual({
      by: 'jones',
      since: jones.time,
      reason: 'new disks',
    });
    const on = withEvent(off, { kind: 'VirtualServiceEnabled', virtualServiceId: virtualServiceId(1) }, someOccasion);
    expect(on.virtualServices.get(virtualServiceId(1))).toEqual(cluster.virtualServices.get(virtualServiceId(1)));
  });
});

describe('looking into a cluster', () => {
  const cluster = clusterOf(
    ...[serviceAdded(1), serviceAdded(2, { label: 'QUERY', ports: [105] })],
    ...[serverAdded(51, 2), serverAdded(52, 1), serverAdded(53, 1)],
  );

  it('gives real servers in the order of their numbers, by service, by machine and in a snapshot', () => {
    const moved = withEvent(
      cluster,
      { kind: 'RealServerModified', realServerId: realServerId(51), changed: ['address'], realServer: serverSpec(53) },
      someOccasion,
    );
    expect(realServersOf(moved, virtualServiceId(1)).map(({ number }) => number)).toEqual([52, 53]);
    expect(machineAt(moved, '192.168.85.202').map(({ number }) => number)).toEqual([51, 53]);
    expect(toSnapshot(moved).realServers.map(({ number }) => number)).toEqual([51, 52, 53]);
  });

  it('gives nothing for what is not there', () => {
    expect(realServersOf(cluster, virtualServiceId(9))).toEqual([]);
    expect(machineAt(cluster, '10.0.0.1')).toEqual([]);
  });

  it('finds the service of a real server', () =>
    expect(realServersOf(cluster, virtualServiceId(2)).map((server) => serviceOf(cluster, server).spec.label)).toEqual([
      'QUERY',
    ]));

  const serverSpec = (number: number) => {
    const spec = cluster.realServers.get(realServerId(number))?.spec;
    if (spec === undefined) throw new Error(`no real server ${number}`);
    return { ...spec, label: 'MOVED' };
  };
});
