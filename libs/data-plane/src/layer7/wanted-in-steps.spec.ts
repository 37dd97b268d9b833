import { type Cluster, type Occasion, withEvent } from '@evenkeel/cluster';
import { type ClusterEvent, type RealServerId, type Revision, type VerdictState } from '@evenkeel/contracts';
import { aRealServerSpec, anActor, realServerId, someTime, virtualServiceId } from '@evenkeel/testing';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aHash, aPicture } from '../../test/layer7/index.ts';
import { type Picture } from '../picture.ts';
import { filesOf, Layer7Wishes, type WantedLayer7 } from './wanted.ts';

const serviceNumbers = [1, 11, 21, 31];
const start = aPicture({
  services: serviceNumbers.map((number) => ({
    number,
    spec: { label: `service_${number}`, address: `10.0.0.${number}` },
    realServers: [1, 2, 3].map((offset) => ({ number: number + offset, spec: { label: `server_${offset}` } })),
  })),
});

const occasion: Occasion = { revision: 1 as Revision, time: someTime, actor: anActor(), reason: undefined };
const told = (picture: Picture, event: ClusterEvent): Picture => ({
  ...picture,
  cluster: withEvent(picture.cluster, event, occasion),
});

type Place = { readonly service: number; readonly offset: number; readonly value: number };
/** Undefined when there is nothing to do it to. */
type Deed = (picture: Picture, place: Place) => Picture | undefined;

const serverAt = ({ service, offset }: Place): RealServerId => realServerId(service + offset);
const hasServer = (cluster: Cluster, place: Place): boolean => cluster.realServers.has(serverAt(place));
const hasService = (cluster: Cluster, { service }: Place): boolean =>
  cluster.virtualServices.has(virtualServiceId(service));

const ofServer =
  (event: (id: RealServerId, place: Place) => ClusterEvent): Deed =>
  (picture, place) =>
    hasServer(picture.cluster, place) ? told(picture, event(serverAt(place), place)) : undefined;

const deeds: Readonly<Record<string, Deed>> = {
  weight: ofServer((id, { offset, value }) => ({
    kind: 'RealServerModified',
    realServerId: id,
    changed: ['weight'],
    realServer: aRealServerSpec({ label: `server_${offset}`, weight: value }),
  })),
  drain: ofServer((id) => ({ kind: 'RealServerDrainStarted', realServerId: id, clients: 'keep' })),
  online: ofServer((id) => ({ kind: 'RealServerBroughtOnline', realServerId: id })),
  removal: ofServer((id) => ({ kind: 'RealServerRemoved', realServerId: id })),
  addition: (picture, place) => {
    if (hasServer(picture.cluster, place) || !hasService(picture.cluster, place)) return undefined;
    const { service, offset } = place;
    const [id, number] = [virtualServiceId(service), service + offset];
    const realServer = aRealServerSpec({ label: `server_${offset}` });
    return told(picture, {
      kind: 'RealServerAdded',
      realServerId: serverAt(place),
      virtualServiceId: id,
      number,
      realServer,
    });
  },
  disabling: (picture, place) =>
    hasService(picture.cluster, place)
      ? told(picture, { kind: 'VirtualServiceDisabled', virtualServiceId: virtualServiceId(place.service) })
      : undefined,
  departure: (picture, place) =>
    hasService(picture.cluster, place)
      ? told(picture, { kind: 'VirtualServiceRemoved', virtualServiceId: virtualServiceId(place.service) })
      : undefined,
  warming: (picture, place) => {
    const percent = 10 * (place.value % 11);
    const others = [...(picture.warming ?? [])].filter(([id]) => id !== serverAt(place));
    return { ...picture, warming: new Map(percent === 0 ? others : [...others, [serverAt(place), percent] as const]) };
  },
  verdict: (picture, place) => {
    const state: VerdictState = place.value % 2 === 0 ? 'up' : 'down';
    return { ...picture, verdicts: new Map([...picture.verdicts, [serverAt(place), state]]) };
  },
};

const steps = fc.array(
  fc.record({
    deed: fc.constantFrom(...Object.keys(deeds)),
    place: fc.record({
      service: fc.constantFrom(...serviceNumbers),
      offset: fc.integer({ min: 1, max: 3 }),
      value: fc.integer({ min: 0, max: 256 }),
    }),
    /** Whether somebody looks after it. */
    isSeen: fc.boolean(),
  }),
  { maxLength: 90 }, // more than the cluster remembers
);

const everythingIn = (wanted: WantedLayer7) => ({ ...filesOf(wanted), structure: wanted.structure });

it('is the same, step by step and looked at now and then, as for somebody who sees the end alone', () => {
  fc.assert(
    fc.property(steps, (taken) => {
      const wishes = new Layer7Wishes(aHash);
      wishes.of(start);
      let picture = start;
      for (const { deed, place, isSeen } of [
        ...taken,
        { deed: 'verdict', place: { service: 1, offset: 1, value: 0 }, isSeen: true },
      ]) {
        picture = deeds[deed]?.(picture, place) ?? picture;
        if (isSeen)
          expect(everythingIn(wishes.of(picture).wanted)).toEqual(
            everythingIn(new Layer7Wishes(aHash).of(picture).wanted),
          );
      }
    }),
    { numRuns: 100 },
  );
});
