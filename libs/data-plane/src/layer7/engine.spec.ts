import { ManualClock } from '@evenkeel/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { aHash, InMemoryHaproxy, type RealServerSketch, type ServiceSketch } from '../../test/layer7/index.ts';
import { dicom, kinds, of, pacs1, pacs2, query, restructured, web } from '../../test/layer7/sketches.ts';
import { structureIn } from './configuration-name.ts';
import { Layer7Engine, type Reload } from './engine.ts';
import { GatheringPace } from './reload-pace.ts';

let haproxy: InMemoryHaproxy;
let engine: Layer7Engine;
beforeEach(() => {
  haproxy = new InMemoryHaproxy();
  engine = new Layer7Engine(haproxy, aHash);
});

/** Converges to the first picture, then to the second; says what the second took. */
const steps = async (before: RealServerSketch, after: RealServerSketch): Promise<readonly string[]> => {
  await engine.converge(of(dicom(before)));
  haproxy.done.length = 0;
  await engine.converge(of(dicom(after)));
  expect(haproxy.replaced).toHaveLength(1);
  return kinds(haproxy.done);
};

describe('what needs no reload', () => {
  it('sets a weight', async () => {
    expect(await steps(pacs1, { ...pacs1, spec: { weight: 50 } })).toEqual(['rs2 set-weight']);
  });

  it('sets an address and a port', async () => {
    const fixed = { ...pacs1, spec: { address: '192.168.85.200', port: 104 } };
    expect(await steps(fixed, { ...pacs1, spec: { address: '192.168.85.210', port: 105 } })).toEqual([
      'rs2 set-address',
    ]);
  });

  it('sets a limit', async () => {
    expect(await steps(pacs1, { ...pacs1, spec: { maxConnections: 5 } })).toEqual(['rs2 set-max-connections']);
  });

  it('takes a real server down and up by verdict', async () => {
    expect(await steps(pacs1, { ...pacs1, verdict: 'down' })).toEqual(['rs2 down']);
    expect(await steps({ ...pacs1, verdict: 'down' }, { ...pacs1, verdict: 'unknown' })).toEqual(['rs2 up']);
  });

  it('drains and keeps clients', async () => {
    expect(await steps(pacs1, { ...pacs1, intent: { intent: 'drain', clients: 'keep' } })).toEqual(['rs2 drain']);
  });

  it('drains and forgets clients', async () => {
    expect(await steps(pacs1, { ...pacs1, intent: { intent: 'drain', clients: 'forget' } })).toEqual([
      'rs2 maint',
      'rs2 forget-clients',
    ]);
  });

  it('halts and lets connections finish', async () => {
    expect(await steps(pacs1, { ...pacs1, intent: { intent: 'halt', connections: 'finish' } })).toEqual(['rs2 maint']);
  });

  it('halts and closes connections', async () => {
    expect(await steps(pacs1, { ...pacs1, intent: { intent: 'halt', connections: 'close' } })).toEqual([
      'rs2 maint',
      'rs2 close-connections',
    ]);
  });

  it('closes the connections of a real server that was halted to finish them', async () => {
    const finishing: RealServerSketch = { ...pacs1, intent: { intent: 'halt', connections: 'finish' } };
    expect(await steps(finishing, { ...pacs1, intent: { intent: 'halt', connections: 'close' } })).toEqual([
      'rs2 close-connections',
    ]);
  });

  it('brings a real server that is down online without a client meeting it', async () => {
    const halted: RealServerSketch = { ...pacs1, intent: { intent: 'halt', connections: 'finish' }, verdict: 'down' };
    expect(await steps(halted, { ...pacs1, verdict: 'down' })).toEqual(['rs2 drain', 'rs2 down', 'rs2 ready']);
  });

  it('takes a new label for nothing but a new comment on the disk', async () => {
    expect(await steps(pacs1, { ...pacs1, spec: { label: 'INF_PACS9' } })).toEqual([]);
    expect(haproxy.kept?.configuration).toContain('# INF_PACS9');
  });

  it('keeps the files of the next start up to date', async () => {
    await steps(pacs1, { ...pacs1, spec: { weight: 50 }, intent: { intent: 'drain', clients: 'keep' } });
    expect(haproxy.kept?.configuration).toContain('server rs2 192.168.85.200 id 2 weight 50');
    expect(haproxy.kept?.serverStates).toContain('1 vs1 2 rs2 192.168.85.200 2 8 50 50');
  });
});

describe('the set of real servers', () => {
  const seen = async (service: string) => (await haproxy.observe())?.services.get(service);
  const change = async (before: ServiceSketch, after: ServiceSketch) => {
    await engine.converge(of(before));
    haproxy.done.length = 0;
    return engine.converge(of(after));
  };

  it('grows without a reload: all is said of a new one before anybody is sent there', async () => {
    const round = await change(dicom(pacs1), dicom(pacs1, { ...pacs2, spec: { ...pacs2.spec, maxConnections: 5 } }));
    expect(round).toMatchObject({ method: 'runtime', reloadReasons: [], waitingFor: [] });
    expect(haproxy.done).toEqual([
      {
        ...{ service: 'vs1', server: 'rs3', kind: 'add-server' },
        words: ['192.168.85.201', 'id', 3, 'weight', 100, 'maxconn', 5],
      },
      { service: 'vs1', server: 'rs3', kind: 'set-state', state: 'ready' },
    ]);
    expect((await seen('vs1'))?.get('rs3')).toMatchObject({ adminState: 'ready', isDown: false, maxConnections: 5 });
  });

  it.each<[string, Partial<RealServerSketch>, readonly string[]]>([
    ['down', { verdict: 'down' }, ['rs3 add-server', 'rs3 drain', 'rs3 down', 'rs3 ready']],
    ['halted', { intent: { intent: 'halt', connections: 'finish' } }, ['rs3 add-server']],
    ['drained', { intent: { intent: 'drain', clients: 'keep' } }, ['rs3 add-server', 'rs3 drain']],
  ])('takes nobody to a new one that is %s', async (_, sketch, expected) => {
    const round = await change(dicom(pacs1), dicom(pacs1, { ...pacs2, ...sketch }));
    expect(round).toMatchObject({ method: 'runtime', waitingFor: [] });
    expect(kinds(haproxy.done)).toEqual(expected);
  });

  it('grows from nothing and shrinks to nothing', async () => {
    expect(await change(query(), query(pacs1))).toMatchObject({ method: 'runtime', waitingFor: [] });
    expect(await engine.converge(of(query()))).toMatchObject({ method: 'runtime', waitingFor: [], finishing: [] });
    expect((await seen('vs10'))?.size).toBe(0);
    expect(haproxy.replaced).toHaveLength(1);
  });

  it('shrinks without a reload, with a cookie or without', async () => {
    for (const service of [dicom, web]) {
      haproxy.die();
      const before = haproxy.replaced.length;
      expect(await change(service(pacs1, pacs2), service(pacs1))).toMatchObject({ method: 'runtime', waitingFor: [] });
      expect(kinds(haproxy.done)).toEqual(['rs3 maint', 'rs3 delete-server']);
      expect(haproxy.replaced).toHaveLength(before + 1);
    }
  });

  it('keeps the files of the next start up to date, of the same structure and another edition', async () => {
    await change(dicom(pacs1), dicom(pacs1, pacs2));
    expect(haproxy.kept?.configuration).toContain('server rs3 192.168.85.201 id 3');
    expect(haproxy.kept?.serverStates).toContain('1 vs1 3 rs3 192.168.85.201 2 0');
    const [first, kept] = [haproxy.replaced[0]?.name ?? '', haproxy.kept?.name ?? ''];
    expect(structureIn(kept)).toBe(structureIn(first));
    expect(kept).not.toBe(first);
  });

  it('comes to the same bytes by whatever path', async () => {
    await change(dicom(pacs1), dicom(pacs1, pacs2));
    await engine.converge(of(dicom(pacs2)));
    const other = new InMemoryHaproxy();
    await new Layer7Engine(other, aHash).converge(of(dicom(pacs2)));
    expect(haproxy.kept).toEqual(other.replaced[0]);
  });

  it('lets the connections of one that left go on, is done without them, and deletes it when they have ended', async () => {
    await engine.converge(of(dicom(pacs1, pacs2)));
    haproxy.meddle('vs1', 'rs3', { connections: 2 });
    await engine.sweep(of(dicom(pacs1, pacs2)));
    const picture = of(dicom(pacs1));
    expect(await engine.converge(picture)).toMatchObject({ waitingFor: [], finishing: ['vs1/rs3'] });
    expect(await engine.converge(picture)).toMatchObject({ method: 'none', waitingFor: [], finishing: ['vs1/rs3'] });
    const { repairs, convergence } = await engine.sweep(picture);
    expect({ repairs, convergence }).toMatchObject({
      repairs: [],
      convergence: { method: 'none', waitingFor: [], finishing: ['vs1/rs3'] },
    });
    haproxy.meddle('vs1', 'rs3', { connections: 0 });
    expect((await engine.sweep(picture)).convergence).toMatchObject({ waitingFor: [], finishing: [] });
    expect((await seen('vs1'))?.has('rs3')).toBe(false);
    expect(haproxy.replaced).toHaveLength(1);
  });

  it('takes one back that left and is still finishing, as it is now to be', async () => {
    await engine.converge(of(dicom(pacs1, pacs2)));
    haproxy.meddle('vs1', 'rs3', { connections: 1 });
    await engine.sweep(of(dicom(pacs1, pacs2)));
    await engine.converge(of(dicom(pacs1)));
    haproxy.done.length = 0;
    const back: RealServerSketch = { ...pacs2, spec: { ...pacs2.spec, weight: 7 } };
    expect(await engine.converge(of(dicom(pacs1, back)))).toMatchObject({ waitingFor: [], finishing: [] });
    expect(kinds(haproxy.done)).toEqual(['rs3 set-weight', 'rs3 ready']);
  });

  it('grows by a reload, and says why, where HAProxy adds no server with a cookie', async () => {
    expect(await change(web(pacs1), web(pacs1, pacs2))).toMatchObject({
      method: 'reload',
      reloadReasons: [
        'INF_PACS2 (rs3) is missing in WEB (vs20), and this HAProxy adds no server with a cookie while it runs',
      ],
      waitingFor: [],
    });
    expect(haproxy.replaced).toHaveLength(2);
    expect(haproxy.replaced[0]?.name).not.toBe(haproxy.replaced[1]?.name); // or both workers would share a socket
  });

  it('grows without a reload where HAProxy adds servers with a cookie', async () => {
    haproxy.addsCookies = true;
    expect(await change(web(pacs1), web(pacs1, pacs2))).toMatchObject({ method: 'runtime', waitingFor: [] });
    const words = ['192.168.85.201', 'id', 3, 'weight', 100, 'cookie', 'rs3'];
    expect(haproxy.done[0]).toMatchObject({ kind: 'add-server', words });
  });

  it('grows by a reload when HAProxy will not add a server, for whatever reason', async () => {
    haproxy.additionRefusal = 'out of memory';
    expect(await change(dicom(pacs1), dicom(pacs1, pacs2))).toMatchObject({
      method: 'reload',
      reloadReasons: ['vs1/rs3 is missing: HAProxy refused "add-server": out of memory'],
      waitingFor: [],
    });
  });

  it('is understood by a worker that comes to a HAProxy whose servers have changed since it started', async () => {
    await change(dicom(pacs1, pacs2), dicom(pacs1, { ...pacs2, number: 4 }));
    const next = new Layer7Engine(haproxy, aHash);
    const round = await next.converge(of(dicom(pacs1, { ...pacs2, number: 4 })));
    expect(round).toMatchObject({ method: 'none', waitingFor: [] });
    expect(haproxy.replaced).toHaveLength(1);
  });

  it('reloads for a port of its own instead of the one that the client came to', async () => {
    const fixed: RealServerSketch = { ...pacs1, spec: { ...pacs1.spec, port: 104 } };
    expect(await change(dicom(fixed), dicom(pacs1))).toMatchObject({
      method: 'reload',
      reloadReasons: ['INF_PACS1 (rs2) goes from port 104 to inherit in DICOM (vs1)'],
    });
    expect(haproxy.replaced[0]?.name).not.toBe(haproxy.replaced[1]?.name);
  });
});

describe('a round', () => {
  it('starts HAProxy, reports it, and then has nothing to do', async () => {
    const picture = of(dicom(pacs1));
    expect(await engine.converge(picture)).toMatchObject({
      method: 'start',
      reloadReasons: ['HAProxy was not running'],
      waitingFor: [],
    });
    expect(await engine.converge(picture)).toMatchObject({ method: 'none', reloadReasons: [], waitingFor: [] });
  });

  it('says in the words of the book what a reload was for', async () => {
    await engine.converge(of(dicom(pacs1), query(pacs2)));
    const changed = { ...dicom(pacs1, { ...pacs2, number: 4 }), spec: { label: 'DICOM', ports: [104, 11112] } };
    const round = await engine.converge(of(changed, { ...query(pacs2), number: 20 }));
    expect(round.method).toBe('reload');
    expect(round.reloadReasons).toEqual([
      'DICOM (vs1): ports, persistence, INF_PACS2 (rs4) is new',
      'QUERY (vs20) is new',
      'QUERY (vs10) left',
    ]);
  });

  it('reloads once for many changes', async () => {
    await engine.converge(of(dicom(pacs1)));
    await engine.converge(of(dicom(pacs1, pacs2), query(), { ...query(), number: 11 }));
    expect(haproxy.replaced).toHaveLength(2);
  });

  it('goes on with a HAProxy that runs what is wanted already', async () => {
    await engine.converge(of(dicom(pacs1)));
    const next = new Layer7Engine(haproxy, aHash);
    expect(await next.converge(of(dicom(pacs1)))).toMatchObject({ method: 'none', waitingFor: [] });
    expect(haproxy.replaced).toHaveLength(1);
  });

  it('lets a disabled service keep its real servers', async () => {
    await engine.converge(of({ ...dicom(pacs1), enabled: false }));
    expect((await haproxy.observe())?.services.get('vs1')?.has('rs2')).toBe(true);
    expect(haproxy.replaced[0]?.configuration).not.toContain('bind');
  });

  it('carries intents and verdicts through a reload', async () => {
    const drained: RealServerSketch = { ...pacs1, intent: { intent: 'drain', clients: 'keep' }, verdict: 'down' };
    await engine.converge(of(dicom(drained)));
    haproxy.done.length = 0;
    await engine.converge(of(restructured(dicom(drained))));
    expect(haproxy.replaced).toHaveLength(2);
    expect(haproxy.done).toEqual([]);
    expect((await haproxy.observe())?.services.get('vs1')?.get('rs2')).toMatchObject({
      adminState: 'drain',
      isDown: true,
    });
  });

  it('closes connections after a reload, too', async () => {
    await engine.converge(of(dicom(pacs1)));
    haproxy.done.length = 0;
    const closed: RealServerSketch = { ...pacs1, intent: { intent: 'halt', connections: 'close' } };
    await engine.converge(of(restructured(dicom(closed))));
    expect(haproxy.replaced).toHaveLength(2);
    expect(kinds(haproxy.done)).toEqual(['rs2 close-connections']);
  });

  it('does not look at what has not changed', async () => {
    const picture = of(dicom(pacs1), query(pacs2));
    await engine.converge(picture);
    haproxy.looks = 0;
    await engine.converge(of(dicom({ ...pacs1, spec: { weight: 3 } }), query(pacs2)));
    expect(haproxy.looks).toBe(0);
  });
});

describe('a refused configuration', () => {
  const good = of(dicom(pacs1));
  const bad = of(dicom(pacs1), query(pacs2));
  beforeEach(async () => {
    await engine.converge(good);
    haproxy.refusal = 'cannot bind socket';
    await engine.converge(bad);
  });

  it('is reported with the words of HAProxy, and what ran runs on', async () => {
    expect(await engine.converge(bad)).toMatchObject({ rejection: 'cannot bind socket', method: 'none' });
    expect((await haproxy.observe())?.services.has('vs1')).toBe(true);
  });

  it('does not keep verdicts and intents from what runs', async () => {
    const drained: RealServerSketch = { ...pacs1, intent: { intent: 'drain', clients: 'keep' } };
    const round = await engine.converge(of(dicom(drained), query(pacs2)));
    expect(round).toMatchObject({ method: 'runtime', rejection: 'cannot bind socket', waitingFor: [] });
    expect(kinds(haproxy.done)).toEqual(['rs2 drain']);
  });

  it('never becomes the file of the next start', () => {
    expect(haproxy.kept?.configuration ?? '').not.toContain('QUERY');
  });

  it('is left alone by the set of real servers of what runs: nobody knows what those services are now', async () => {
    const round = await engine.converge(of(dicom(pacs1, { ...pacs2, number: 4 }), query(pacs2)));
    expect(round).toMatchObject({ rejection: 'cannot bind socket', method: 'none', waitingFor: [] });
    expect((await haproxy.observe())?.services.get('vs1')?.has('rs4')).toBe(false);
  });

  it('is not tried again before something changes', async () => {
    haproxy.refusal = undefined;
    await engine.converge(bad);
    expect(haproxy.replaced).toHaveLength(1);
  });

  it('is healed by the next good one', async () => {
    haproxy.refusal = undefined;
    const round = await engine.converge(of(dicom(pacs1), { ...query(pacs2), number: 20 }));
    expect(round).toMatchObject({ method: 'reload', waitingFor: [] });
    expect(round.rejection).toBeUndefined();
  });

  it('is healed by going back', async () => {
    const round = await engine.converge(of(dicom(pacs1)));
    expect(round.rejection).toBeUndefined();
    expect(haproxy.replaced).toHaveLength(1);
  });

  it('is tried again by a sweep', async () => {
    haproxy.refusal = undefined;
    const { repairs, convergence } = await engine.sweep(bad);
    expect(repairs).toEqual([]);
    expect(convergence).toMatchObject({ method: 'reload', waitingFor: [] });
  });

  it('at the very first start leaves nothing running, and says so', async () => {
    haproxy.die();
    const other = new Layer7Engine(haproxy, aHash);
    expect(await other.converge(good)).toMatchObject({ rejection: 'cannot bind socket', method: 'none' });
  });
});

describe('a sweep', () => {
  it('clears the clients of a forgetful drain again, because answers that were on their way are learned anew', async () => {
    const forgetting = { ...pacs1, intent: { intent: 'drain', clients: 'forget' } } as const;
    const closing = { ...pacs2, intent: { intent: 'halt', connections: 'close' } } as const;
    const picture = of(dicom(forgetting, closing));
    await engine.converge(picture);
    haproxy.done.length = 0;
    expect(await engine.sweep(picture)).toMatchObject({ repairs: [], convergence: { waitingFor: [] } });
    await engine.converge(picture);
    expect(kinds(haproxy.done)).toEqual(['rs2 forget-clients']);
  });

  const picture = of(dicom(pacs1, { ...pacs2, intent: { intent: 'halt', connections: 'close' } }));
  beforeEach(() => engine.converge(picture));

  it('finds nothing where nothing has changed', async () => {
    expect(await engine.sweep(picture)).toMatchObject({ repairs: [], convergence: { method: 'none', waitingFor: [] } });
  });

  it('puts right what somebody changed by hand, and names it', async () => {
    haproxy.meddle('vs1', 'rs2', { weight: 1, adminState: 'drain', address: '10.0.0.1', maxConnections: 3 });
    const { repairs, convergence } = await engine.sweep(picture);
    expect(repairs).toEqual([
      'vs1/rs2 is at 10.0.0.1:inherit',
      'vs1/rs2 has weight 1',
      'vs1/rs2 has limit 3',
      'vs1/rs2 is drain',
    ]);
    expect(convergence).toMatchObject({ method: 'runtime', waitingFor: [] });
  });

  it('puts back a server that somebody removed, and removes one that somebody added', async () => {
    haproxy.meddle('vs1', 'stranger', {});
    haproxy.lose('vs1', 'rs2');
    const { repairs, convergence } = await engine.sweep(picture);
    expect(repairs).toEqual(['vs1/rs2 is missing', 'vs1/stranger is not wanted']);
    expect(convergence).toMatchObject({ method: 'runtime', waitingFor: [] });
    expect([...((await haproxy.observe())?.services.get('vs1')?.keys() ?? [])].toSorted()).toEqual(['rs2', 'rs3']);
  });

  it('reloads for a service that somebody added', async () => {
    haproxy.meddle('stranger', 'rs9', {});
    const { repairs, convergence } = await engine.sweep(picture);
    expect(repairs).toEqual(['stranger is not wanted']);
    expect(convergence).toMatchObject({ method: 'reload', reloadReasons: repairs, waitingFor: [] });
  });

  it('starts a HAProxy that is gone', async () => {
    haproxy.die();
    const { repairs, convergence } = await engine.sweep(picture);
    expect(repairs).toEqual(['HAProxy was not running']);
    expect(convergence.method).toBe('start');
  });

  it('closes what was opened to a halted server after all', async () => {
    haproxy.done.length = 0;
    haproxy.meddle('vs1', 'rs3', { connections: 2 });
    expect((await engine.sweep(picture)).repairs).toEqual([]);
    expect(kinds(haproxy.done)).toEqual(['rs3 close-connections']);
  });
});

describe('trouble', () => {
  beforeEach(() => engine.converge(of(dicom(pacs1))));
  const heavier = of(dicom({ ...pacs1, spec: { weight: 200 } }));

  it('looks at everything again after HAProxy was started behind its back', async () => {
    haproxy.incarnation += 1;
    haproxy.meddle('vs1', 'rs2', { adminState: 'maint', isDown: true });
    expect(await engine.converge(of(dicom(pacs1)))).toMatchObject({ method: 'runtime', waitingFor: [] });
    expect(kinds(haproxy.done)).toEqual(['rs2 ready']);
  });

  it('fails with a HAProxy that does not answer, and makes up for it', async () => {
    haproxy.isUnreachable = true;
    await expect(engine.converge(heavier)).rejects.toThrow('did not answer');
    haproxy.isUnreachable = false;
    expect(await engine.converge(heavier)).toMatchObject({ method: 'runtime', waitingFor: [] });
    expect((await haproxy.observe())?.services.get('vs1')?.get('rs2')?.weight).toBe(200);
  });

  it('puts a server back when HAProxy refuses a step because it has vanished', async () => {
    haproxy.lose('vs1', 'rs2');
    expect(await engine.converge(heavier)).toMatchObject({ method: 'runtime', waitingFor: [] });
    expect((await haproxy.observe())?.services.get('vs1')?.get('rs2')).toMatchObject({ weight: 200 });
  });

  it('goes on when somebody else has just added the server that is to be added', async () => {
    haproxy.meddle('vs1', 'rs3', { weight: 1 });
    expect(await engine.converge(of(dicom(pacs1, pacs2)))).toMatchObject({ method: 'runtime', waitingFor: [] });
    expect((await haproxy.observe())?.services.get('vs1')?.get('rs3')).toMatchObject({ weight: 100 });
  });

  it('puts right in the same round what the look after a step shows', async () => {
    haproxy.meddle('vs1', 'rs2', { adminState: 'drain' });
    expect(await engine.converge(heavier)).toMatchObject({ method: 'runtime', waitingFor: [] });
    expect(kinds(haproxy.done)).toEqual(['rs2 set-weight', 'rs2 ready']);
  });
});

describe('a reload is counted', () => {
  it('by what came of it and what it was for, in few words', async () => {
    const reloads: Reload[] = [];
    const counted = new Layer7Engine(haproxy, aHash, (reload) => reloads.push(reload));
    const inTurn: ServiceSketch = { ...dicom(pacs1), spec: { ...dicom(pacs1).spec, balance: 'round-robin' } };
    await counted.converge(of(dicom(pacs1)));
    await counted.converge(of(inTurn));
    await counted.converge(of(inTurn, query(pacs1)));
    haproxy.refusal = 'no such address';
    await counted.converge(of(query(pacs1), { ...dicom(pacs1), number: 20 }));
    haproxy.refusal = undefined;
    await counted.converge(of(inTurn, query(pacs1))); // as it runs
    haproxy.isUnreachable = true;
    await expect(counted.converge(of(query(pacs1)))).rejects.toThrow('HAProxy did not answer');
    expect(reloads).toEqual([
      { result: 'applied', cause: 'not-running' },
      { result: 'applied', cause: 'service-changed' },
      { result: 'applied', cause: 'service-added' },
      { result: 'rejected', cause: 'several' },
      { result: 'failed', cause: 'service-removed' },
    ]);
  });
});

describe('in a burst', () => {
  let clock: ManualClock;
  let woken: number;
  beforeEach(() => {
    clock = new ManualClock();
    woken = 0;
    engine = new Layer7Engine(haproxy, aHash, () => undefined, new GatheringPace(clock, () => (woken += 1)));
  });

  const light: RealServerSketch = { ...pacs1, spec: { ...pacs1.spec, weight: 7 } };

  /** A start leaves nothing behind, so the first reload after it comes at once. */
  const reloadOnce = async (): Promise<void> => {
    await engine.converge(of(dicom(pacs1), web(pacs2)));
    expect(await engine.converge(of(dicom(pacs1)))).toMatchObject({ method: 'reload', waitingFor: [] });
    haproxy.done.length = 0;
    haproxy.replaced.length = 0;
  };

  it('a second reload waits, says so, and whatever needs none is done meanwhile', async () => {
    await reloadOnce();
    const round = await engine.converge(of(dicom(light), query(pacs2)));
    expect(round).toMatchObject({ method: 'runtime', reloadReasons: [] });
    expect(round.waitingFor).toEqual([
      'a reload within 200 ms, together with what comes until then',
      'QUERY (vs10) is new',
    ]);
    expect(kinds(haproxy.done)).toEqual(['rs2 set-weight']);
    expect(haproxy.replaced).toHaveLength(0);
  });

  it('one reload brings all that has gathered, as soon as its time has come', async () => {
    await reloadOnce();
    await engine.converge(of(dicom(pacs1), query(pacs2)));
    await engine.converge(of(dicom(pacs1), query(pacs2), web(pacs1)));
    await clock.advance(200);
    expect(woken).toBe(1);
    const round = await engine.converge(of(dicom(pacs1), query(pacs2), web(pacs1)));
    expect(round).toMatchObject({ method: 'reload', waitingFor: [] });
    expect(round.reloadReasons).toEqual(['QUERY (vs10) is new', 'WEB (vs20) is new']);
    expect(haproxy.replaced).toHaveLength(1);
  });

  it('looks at nothing anew while it waits', async () => {
    await reloadOnce();
    haproxy.looks = 0;
    await engine.converge(of(dicom(pacs1), query(pacs2)));
    await engine.converge(of(dicom(pacs1), query(pacs2), web(pacs1)));
    expect(haproxy.looks).toBe(0);
  });

  it('a change that is taken back meanwhile costs no reload', async () => {
    await reloadOnce();
    await engine.converge(of(dicom(pacs1), query(pacs2)));
    await clock.advance(200);
    expect(await engine.converge(of(dicom(pacs1)))).toMatchObject({ method: 'none', waitingFor: [] });
    expect(haproxy.replaced).toHaveLength(0);
  });

  it('a HAProxy that does not run is started at once', async () => {
    await reloadOnce();
    haproxy.die();
    expect(await engine.converge(of(dicom(pacs1), query(pacs2)))).toMatchObject({ method: 'start', waitingFor: [] });
  });
});
