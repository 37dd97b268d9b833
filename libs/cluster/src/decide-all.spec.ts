import type { ClusterCommand } from '@evenkeel/contracts';
import { aRealServer, aSnapshot, aVirtualService, realServerId, virtualServiceId } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aContext } from '../test/told.ts';
import { decideAll } from './decide-all.ts';
import { fromSnapshot } from './state/snapshot.ts';

const dicom = virtualServiceId(1);
const [pacs1, pacs2] = [realServerId(2), realServerId(3)];
const cluster = fromSnapshot(
  aSnapshot(
    [aVirtualService({ spec: { label: 'DICOM' } })],
    [
      aRealServer({ number: 2, spec: { label: 'INF_PACS1', address: '192.168.85.200' } }),
      aRealServer({ number: 3, spec: { label: 'INF_PACS2', address: '192.168.85.201' } }),
    ],
  ),
);
const drain = (id: typeof pacs1, force = false): ClusterCommand => ({
  kind: 'DrainRealServer',
  realServerId: id,
  clients: 'keep',
  force,
});
const setPorts = (...ports: number[]): ClusterCommand => ({
  kind: 'ModifyVirtualService',
  virtualServiceId: dicom,
  changes: { ports },
});
const remove = (id: typeof pacs1): ClusterCommand => ({ kind: 'RemoveRealServer', realServerId: id, force: false });
const rehearse = (commands: readonly ClusterCommand[], reason = false) =>
  decideAll(cluster, commands, () => aContext({ hasReason: reason }));
const done = (commands: readonly ClusterCommand[]) => {
  const answer = rehearse(commands);
  if (!answer.ok) throw new Error(JSON.stringify(answer.refusal));
  return answer.value;
};

describe('a list of commands', () => {
  it('shows what each would do, and each thing once, with its label and its values before and after', () => {
    const { decisions, changes, changed, revision } = done([drain(pacs1), setPorts(105), setPorts(106)]);
    expect({ changed, revision }).toEqual({ changed: true, revision: 1 });
    expect(decisions.map(({ command, events }) => [command, events.map(({ kind }) => kind)])).toEqual([
      ['DrainRealServer', ['RealServerDrainStarted']],
      ['ModifyVirtualService', ['VirtualServiceModified']],
      ['ModifyVirtualService', ['VirtualServiceModified']],
    ]);
    expect(changes).toEqual([
      {
        what: 'virtual-service',
        change: 'changed',
        id: dicom,
        virtualService: 'DICOM',
        fields: [{ field: 'ports', before: [104], after: [106] }],
      },
      {
        what: 'real-server',
        change: 'changed',
        id: pacs1,
        virtualService: 'DICOM',
        realServer: 'INF_PACS1',
        fields: [{ field: 'intent', before: { intent: 'online' }, after: { intent: 'drain', clients: 'keep' } }],
      },
    ]);
  });

  it('decides each on top of the one before, and names the first that is refused', () => {
    // Either could be drained alone; the second would leave nobody.
    expect(rehearse([drain(pacs1), drain(pacs2)])).toMatchObject({
      ok: false,
      refusal: { index: 1, refusal: { kind: 'last-available-real-server' } },
    });
    expect(rehearse([remove(pacs1), drain(pacs1)])).toMatchObject({
      ok: false,
      refusal: { index: 1, refusal: { kind: 'unknown-real-server' } },
    });
  });

  it('says that nothing would change when all of it is true already', () => {
    expect(done([setPorts(104), setPorts(104)])).toMatchObject({ changed: false, changes: [], lint: [] });
    const back = done([setPorts(105), setPorts(104)]);
    expect(back).toMatchObject({ changed: true, changes: [] }); // there and back: commits, and no difference
  });

  it('shows a removed thing as it was and a new one as it would be', () => {
    const added: ClusterCommand = {
      kind: 'AddRealServer',
      virtualServiceId: dicom,
      realServer: { ...aRealServer().spec, label: 'INF_PACS3', address: '192.168.85.202' },
    };
    const { changes, lint } = done([remove(pacs2), added]);
    expect(changes.map(({ change, realServer }) => [change, realServer])).toEqual([
      ['removed', 'INF_PACS2'],
      ['added', 'INF_PACS3'],
    ]);
    const [removed, fresh] = changes;
    expect(removed?.fields).toContainEqual({ field: 'address', before: '192.168.85.201' });
    expect(fresh?.fields).toContainEqual({ field: 'address', after: '192.168.85.202' });
    expect(lint.map(({ code }) => code)).toContain('connect-check-on-dicom');
  });

  it('knows the removal of a service, its real servers and what was added to it before', () => {
    const gone: ClusterCommand = { kind: 'RemoveVirtualService', virtualServiceId: dicom };
    const { changes } = done([drain(pacs1), gone]);
    expect(changes.map(({ what, change }) => [what, change])).toEqual([
      ['virtual-service', 'removed'],
      ['real-server', 'removed'],
      ['real-server', 'removed'],
    ]);
  });

  it('shows nothing of what comes and goes, and never leaves the cluster changed', () => {
    const wishes = fc.constantFrom(
      setPorts(104),
      setPorts(105),
      drain(pacs1),
      drain(pacs2),
      remove(pacs1),
      remove(pacs2),
    );
    fc.assert(
      fc.property(fc.array(wishes, { minLength: 1, maxLength: 6 }), (commands) => {
        const [answer, again] = [rehearse(commands), rehearse(commands)];
        expect(again).toEqual(answer);
        if (!answer.ok) return;
        // Whoever does one after the other ends where the list ends.
        const last = commands.findLast(({ kind }) => kind === 'ModifyVirtualService');
        const isMoved = last?.kind === 'ModifyVirtualService' && JSON.stringify(last.changes) === '{"ports":[105]}';
        expect(answer.value.changes.some(({ what }) => what === 'virtual-service')).toBe(isMoved);
      }),
    );
  });
});
