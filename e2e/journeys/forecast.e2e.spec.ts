import type { Forecast, NodeConvergence, NodeForecast, Overview, Problem, WriteAnswer } from '@evenkeel/contracts';
import { curl, describeNeeding, startWebServer, until } from '@evenkeel/testing/lab';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Hospital, hospitalNeeds, machines, vip } from './hospital.ts';

describeNeeding(describe, ...hospitalNeeds)('whoever wants to know before', () => {
  let hospital: Hospital;
  beforeAll(async () => {
    hospital = await Hospital.open();
    await hospital.allAre('up');
  }, 120_000);
  afterAll(() => hospital.dispose(), 60_000);

  const [first, second] = machines;
  const revision = async (): Promise<number> => (await hospital.api.get<Overview>('/overview')).body.revision;
  /** The forecast of a write on the one node, with the book as it was before. */
  const ask = async (method: string, path: string, call: object): Promise<[Forecast, NodeForecast]> => {
    const before = await revision();
    const answer = await hospital.api.call<Forecast>(method, `${path}?dryRun=true`, call);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ dryRun: true, revision: before, nodes: [{ node: 'lb-a' }], silent: [] });
    expect(await revision()).toBe(before);
    const [node] = answer.body.nodes;
    if (node === undefined) throw new Error('no node');
    return [answer.body, node];
  };
  /** Does what was asked about, and says how the node did it. */
  const really = async (method: string, path: string, { body, headers }: ReallyCall): Promise<NodeConvergence> => {
    const { convergence } = await hospital.write(method, path, body, headers);
    const [node] = convergence.nodes;
    if (node === undefined) throw new Error('no node');
    return node;
  };

  it('is told of a machine that is drained: runtime commands and one transaction, no reload; so it happens', async () => {
    const path = `/machines/${first.address}/drain`;
    const call = { body: { reason: 'disk swap' } };
    const [told, node] = await ask('POST', path, call);
    expect(told.changes.map(({ realServer, fields }) => [realServer, fields[0]?.field])).toEqual(
      Array.from({ length: 5 }, () => [first.label, 'intent']),
    );
    expect(node.words).toBe('4 runtime commands, 0 reloads; 1 nftables transaction');
    expect(node).toMatchObject({
      haproxy: { method: 'runtime', reloads: 0 },
      nftables: { method: 'runtime', transactions: 1 },
      trial: { haproxy: { state: 'not-asked' }, nftables: { state: 'accepted' } },
    });
    expect(await really('POST', path, call)).toMatchObject({ method: 'runtime', reloadReasons: [] });
  });

  it('is told of a port that is added: one reload, why, and who stays on the old process; so it happens', async () => {
    const held = curl(hospital.client, `http://${vip}/hold?ms=6000`, { timeoutMs: 10_000 });
    await until('the connection is counted', async () => {
      const { body } = await hospital.api.get<Overview>('/overview');
      return body.services.some(({ label, connections }) => label === 'INFINITT_Web' && connections === 1);
    });
    const web = await hospital.service('INFINITT_Web');
    const path = `/virtual-services/${web.id}`;
    const call = { body: { ports: [80, 8_080] }, headers: { 'If-Match': `"${web.revision}"` } };
    const [told, node] = await ask('PATCH', path, call);
    expect(told.changes).toMatchObject([
      { what: 'virtual-service', virtualService: 'INFINITT_Web', fields: [{ field: 'ports', before: [80] }] },
    ]);
    expect(node.words).toMatch(
      /^1 reload because INFINITT_Web \(vs\d+\): ports; 1 connection stays on the old process until done, or idle for /,
    );
    expect(node.haproxy.configuration.text).toMatch(new RegExp(`\n\\+ +bind ${vip}:8080`));
    expect(node).toMatchObject({ leftBehind: { connections: 1 }, trial: { haproxy: { state: 'accepted' } } });
    expect(await really('PATCH', path, call)).toMatchObject({
      method: 'reload',
      reloadReasons: node.haproxy.reloadReasons,
    });
    expect((await held).status).toBe(200);
  });

  it('is told of a list, each on top of the one before, and which of them is refused', async () => {
    const halt = (address: string) => ({ kind: 'HaltMachine', address, connections: 'finish', force: false });
    const both = { commands: [halt(second.address), halt(machines[2].address)], reason: 'what if' };
    const before = await revision();
    const refused = await hospital.api.post<Problem>('/forecast', both); // the first machine is drained
    expect(refused).toMatchObject({ status: 409, body: { code: 'last-available-real-server', command: 1 } });
    const online = { kind: 'BringMachineOnline', address: first.address, whenUp: false };
    const told = await hospital.api.post<Forecast>('/forecast', { ...both, commands: [online, ...both.commands] });
    expect(told).toMatchObject({ status: 200, body: { dryRun: true, nodes: [{ haproxy: { reloads: 0 } }] } });
    expect(told.body.decisions.map(({ command }) => command)).toEqual([
      'BringMachineOnline',
      'HaltMachine',
      'HaltMachine',
    ]);
    expect(await revision()).toBe(before);
  });

  it('is told that HAProxy could not run a configuration, before anybody orders it', async () => {
    const squatter = await startWebServer({
      place: hospital.lab.host('node'),
      address: vip,
      port: 9_999,
      name: 'squatter',
    });
    const call = { body: { label: 'Taken', address: vip, ports: [9_999], layer: 7, mode: 'tcp' } };
    const [, node] = await ask('POST', '/virtual-services', call);
    expect(node.trial.haproxy).toMatchObject({ state: 'refused', words: expect.stringContaining('9999') });
    // It was right: the same write is refused by the node.
    const answer = await hospital.api.call<WriteAnswer>('POST', '/virtual-services?wait=converged&timeout=10s', call);
    expect(answer.body.convergence).toMatchObject({ state: 'rejected' });
    await squatter.stop();
  });
});

type ReallyCall = { readonly body: object; readonly headers?: Readonly<Record<string, string>> };
