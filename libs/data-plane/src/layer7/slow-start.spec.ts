import { realServerId } from '@evenkeel/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { aHash, InMemoryHaproxy, type RealServerSketch } from '../../test/layer7/index.ts';
import { dicom, kinds, of, pacs1, restructured } from '../../test/layer7/sketches.ts';
import { type Picture } from '../picture.ts';
import { Layer7Engine } from './engine.ts';

let haproxy: InMemoryHaproxy;
let engine: Layer7Engine;
beforeEach(() => {
  haproxy = new InMemoryHaproxy();
  engine = new Layer7Engine(haproxy, aHash);
});

describe('a real server that comes back in steps', () => {
  const beside: RealServerSketch = { number: 3, spec: { label: 'INF_PACS2', address: '192.168.85.201' } };
  const pair = of(dicom(pacs1, beside));
  const warmed = (percent: number): Picture =>
    percent === 100 ? pair : { ...pair, warming: new Map([[realServerId(3), percent]]) };
  const weights = async (): Promise<readonly (number | undefined)[]> => {
    const servers = (await haproxy.observe())?.services.get('vs1');
    return ['rs2', 'rs3'].map((name) => servers?.get(name)?.weight);
  };

  it('gets its weight while HAProxy runs, and nothing else is touched', async () => {
    await engine.converge(of(dicom(pacs1, { ...beside, verdict: 'down' })));
    haproxy.done.length = 0;
    for (const percent of [10, 40, 100]) {
      const round = await engine.converge(warmed(percent));
      expect(await weights()).toEqual([100, percent]);
      expect(round).toMatchObject({ method: 'runtime', waitingFor: [], reloadReasons: [] });
    }
    expect(kinds(haproxy.done)).toEqual(['rs3 set-weight', 'rs3 up', 'rs3 set-weight', 'rs3 set-weight']);
    expect(haproxy.replaced).toHaveLength(1);
  });

  it('is rendered as on a node that looks at another moment', async () => {
    const other = new Layer7Engine(new InMemoryHaproxy(), aHash);
    const [one, two] = [await engine.converge(warmed(10)), await other.converge(warmed(90))];
    expect([one.configuration].flat().join('')).toBe([two.configuration].flat().join(''));
  });

  it('goes on from where it was after a reload', async () => {
    await engine.converge(warmed(40));
    await engine.converge({ ...of(restructured(dicom(pacs1, beside))), warming: new Map([[realServerId(3), 40]]) });
    expect(haproxy.replaced).toHaveLength(2);
    expect(haproxy.replaced.at(-1)?.serverStates).toMatch(/rs3 192.168.85.201 2 0 40 100 /);
    expect(await weights()).toEqual([100, 40]);
  });

  it('begins with a small weight when it is added while HAProxy runs', async () => {
    await engine.converge(of(dicom(pacs1)));
    haproxy.done.length = 0;
    await engine.converge(warmed(10));
    expect(kinds(haproxy.done)).toEqual(['rs3 add-server', 'rs3 set-weight', 'rs3 ready']);
    expect(await weights()).toEqual([100, 10]);
  });

  it('is put right when somebody else has given it all of its weight', async () => {
    await engine.converge(warmed(40));
    haproxy.meddle('vs1', 'rs3', { weight: 100 });
    const { repairs } = await engine.sweep(warmed(40));
    expect(repairs).toEqual(['vs1/rs3 has weight 100']);
    expect(await weights()).toEqual([100, 40]);
  });
});
