import { NodeName, type RealServerId, type VerdictState } from '@evenkeel/contracts';
import { realServerId, virtualServiceId } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import { aHash, aNode, aPicture, type ServiceSketch } from '../../test/layer7/index.ts';
import { type Picture } from '../picture.ts';
import { structureIn } from './configuration-name.ts';
import { workerSocket } from './render-frame.ts';
import { filesOf, Layer7Wishes } from './wanted.ts';

const service = (number: number): ServiceSketch => ({
  number,
  spec: { label: `service_${number}`, address: `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}` },
  realServers: [1, 2, 3].map((offset) => ({ number: number + offset, spec: { label: `server_${number + offset}` } })),
});
const services = (count: number): Picture =>
  aPicture({ services: Array.from({ length: count }, (_, index) => service(1 + 4 * index)) });

const withWeight = (picture: Picture, number: number, weight: number): Picture => {
  const id = realServerId(number);
  const realServers = picture.cluster.realServers.update(id, (state) => {
    if (state === undefined) throw new Error('no such real server');
    return { ...state, spec: { ...state.spec, weight } };
  });
  return { ...picture, cluster: { ...picture.cluster, realServers } };
};

const withVerdict = (picture: Picture, number: number, state: VerdictState): Picture => ({
  ...picture,
  verdicts: new Map<RealServerId, VerdictState>([...picture.verdicts, [realServerId(number), state]]),
});

const changedBy = (change: (picture: Picture) => Picture): readonly string[] => {
  const wishes = new Layer7Wishes(aHash);
  const picture = services(4);
  wishes.of(picture);
  return wishes.of(change(picture)).changed.map(({ desired }) => desired.name);
};

describe('panic', () => {
  const down = (then: 'serve-all' | 'serve-none', verdicts: readonly VerdictState[]) => {
    const realServers = verdicts.map((verdict, index) => ({ number: 2 + index, verdict }));
    const picture = aPicture({ services: [{ number: 1, spec: { panic: { below: 50, then } }, realServers }] });
    return new Layer7Wishes(aHash).of(picture).wanted.services[0]?.desired.servers.map(({ isDown }) => isDown);
  };

  it.each([
    ['serve-all', ['up', 'down', 'down'], [false, false, false]],
    ['serve-none', ['up', 'down', 'down'], [true, true, true]],
    ['serve-none', ['up', 'up', 'down'], [false, false, true]],
  ] as const)('(%s) with verdicts %j makes of them %j', (then, verdicts, isDown) => {
    expect(down(then, verdicts)).toEqual(isDown);
  });

  it('needs no reload, neither to set it nor when it begins', () => {
    const wishes = new Layer7Wishes(aHash);
    const calm = { number: 1, realServers: [{ number: 2 }, { number: 3 }] };
    const { structure } = wishes.of(aPicture({ services: [calm] })).wanted;
    const spec = { panic: { below: 50, then: 'serve-none' } } as const;
    const realServers = [2, 3].map((number) => ({ number, verdict: 'down' as const }));
    expect(wishes.of(aPicture({ services: [{ ...calm, spec }] })).wanted.structure).toBe(structure);
    expect(wishes.of(aPicture({ services: [{ ...calm, spec, realServers }] })).wanted.structure).toBe(structure);
  });
});

describe('what a change touches', () => {
  it('is nothing when the picture is the same, and then the wish is the same object', () => {
    const wishes = new Layer7Wishes(aHash);
    const picture = services(2);
    const { wanted } = wishes.of(picture);
    expect(wishes.of({ ...picture })).toEqual({ wanted, changed: [] });
    expect(wishes.of(picture).wanted).toBe(wanted);
  });

  it('is the service of a changed real server', () => {
    expect(changedBy((picture) => withWeight(picture, 7, 5))).toEqual(['vs5']);
  });

  it('is the service of a real server with a new verdict', () => {
    expect(changedBy((picture) => withVerdict(picture, 15, 'down'))).toEqual(['vs13']);
  });

  it('is a service with a new member', () => {
    expect(
      changedBy((picture) => {
        const { cluster } = picture;
        const id = virtualServiceId(9);
        return { ...picture, cluster: { ...cluster, members: cluster.members.set(id, [realServerId(10)]) } };
      }),
    ).toEqual(['vs9']);
  });

  it('is noticed when all that happened is that a service left', () => {
    const wishes = new Layer7Wishes(aHash);
    const picture = services(3);
    const { wanted } = wishes.of(picture);
    const virtualServices = picture.cluster.virtualServices.delete(virtualServiceId(5));
    const after = wishes.of({ ...picture, cluster: { ...picture.cluster, virtualServices } });
    expect(after.changed).toEqual([]);
    expect(after.wanted.structure).not.toBe(wanted.structure);
    expect(filesOf(after.wanted).configuration).not.toContain('vs5');
  });
});

it('leaves the text of everything else the very same string, so that nothing is hashed twice', () => {
  const wishes = new Layer7Wishes(aHash);
  const picture = services(3);
  const before = wishes.of(picture).wanted;
  const after = wishes.of(withWeight(picture, 7, 5)).wanted;
  expect(after.pieces.map((piece, index) => piece === before.pieces[index])).toEqual([true, true, false, true]);
  expect(after.structure).toBe(before.structure);
});

it('names the servers of a file in its edition, and their weights and addresses nowhere', () => {
  const wishes = new Layer7Wishes(aHash);
  const picture = services(3);
  const { structure, name } = wishes.of(picture).wanted;
  expect(wishes.of(withWeight(picture, 7, 5)).wanted).toMatchObject({ structure, name });
  const { cluster } = picture;
  const members = cluster.members.set(virtualServiceId(9), [realServerId(10)]);
  const fewer = wishes.of({ ...picture, cluster: { ...cluster, members } }).wanted;
  expect([structureIn(fewer.name), fewer.name === name]).toEqual([structure, false]);
  expect(fewer.pieces[0]).toContain(workerSocket(fewer.name));
  expect(wishes.of(picture).wanted.name).toBe(name);
});

it('gives every node of a cluster the same text', () => {
  const peers = ['node-b', 'node-a'].map((name) => ({ name: NodeName.parse(name), address: '10.0.0.1', port: 7778 }));
  const textOn = (name: string, order: typeof peers): string =>
    filesOf(
      new Layer7Wishes(aHash).of({ ...services(2), node: { ...aNode, name: NodeName.parse(name), peers: order } })
        .wanted,
    ).configuration;
  expect(textOn('node-a', peers)).toBe(textOn('node-b', peers.toReversed()));
});

it('costs what changed and not what the cluster holds: one weight among 5,000 services', () => {
  let hashed = 0;
  const wishes = new Layer7Wishes((text) => {
    hashed += text.length;
    return aHash(text);
  });
  const picture = services(5_000);
  const whole = wishes.of(picture).wanted.pieces.join('').length;
  const [before, hashedBefore] = [wishes.of(picture).wanted, hashed];
  const { wanted, changed } = wishes.of(withWeight(picture, 10_002, 5));
  expect(changed).toHaveLength(1);
  expect(wanted.pieces.filter((piece, index) => piece !== before.pieces[index])).toHaveLength(1);
  expect(hashed - hashedBefore).toBeLessThan(whole / 1_000);
});
