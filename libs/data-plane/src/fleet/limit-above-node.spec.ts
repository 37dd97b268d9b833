import { fromSnapshot } from '@evenkeel/cluster';
import { type ClusterEvent, NodeName } from '@evenkeel/contracts';
import { aSnapshot, aServiceSpec, aVirtualService, type ServiceFields, virtualServiceId } from '@evenkeel/testing';
import { expect, it } from '@jest/globals';
import { limitAboveNode } from './limit-above-node.ts';

const id = virtualServiceId(1);
const node = (name: string, maxConnections?: number) => ({
  node: NodeName.parse(name),
  haproxy: { version: '2.6.12', pid: 7, oldWorkers: 0, ...(maxConnections === undefined ? {} : { maxConnections }) },
});
const added = (spec: ServiceFields): ClusterEvent[] => [
  { kind: 'VirtualServiceAdded', virtualServiceId: id, number: 1, service: aServiceSpec(spec) },
];
const findings = (spec: ServiceFields, events: ClusterEvent[], ...nodes: ReturnType<typeof node>[]) =>
  limitAboveNode(fromSnapshot(aSnapshot([aVirtualService({ number: 1, spec })], [])), events, nodes);

const wide: ServiceFields = { maxConnections: 30_000 };

it('names each node that opens fewer connections than a service may take, and both numbers', () => {
  const found = findings(wide, added(wide), node('lb-a', 9_000), node('lb-b', 30_000), node('lb-c', 100));
  expect(found.map(({ code, virtualServiceId, detail }) => [code, virtualServiceId, detail])).toEqual([
    ['limit-above-node', id, 'DICOM may take 30000 connections, and lb-a opens 9000 at the most'],
    ['limit-above-node', id, 'DICOM may take 30000 connections, and lb-c opens 100 at the most'],
  ]);
});

it('says nothing of the default, which nobody wished for', () => {
  expect(findings({}, added({}), node('lb-a', 9_000))).toEqual([]);
});

it('says nothing of a node that does not tell its limit, and of a service that was not configured just now', () => {
  expect(findings(wide, added(wide), node('lb-a'))).toEqual([]);
  expect(findings(wide, [{ kind: 'VirtualServiceEnabled', virtualServiceId: id }], node('lb-a', 9_000))).toEqual([]);
});
