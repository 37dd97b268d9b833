import { aServiceSpec, realServerId, virtualServiceId } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import {
  aDocument,
  apply,
  broughtOnline,
  declared,
  drain,
  halt,
  halted,
  modifyServer,
  modifyService,
  pacs,
  removeServer,
  revert,
  revertingIn,
  rule,
  ruleIn,
  serverAdded,
  serviceAdded,
  short,
  verdicts,
} from '../../test/told.ts';
import { leastAvailable } from './watermark.ts';

const three = [51, 52, 53].map((id) => serverAdded(id, 1));
const wanting = (availability: number) => [serviceAdded(1, { availability }), ...three];
const oneLeft = { services: [short(1, 'DICOM', 3, { left: ['INF_PACS3'], least: 2 })] };

describe('the watermark of a service', () => {
  it.each([
    [undefined, 3, 1],
    [0, 3, 1],
    [33, 3, 1],
    [34, 3, 2],
    [66, 3, 2],
    [67, 3, 3],
    [100, 3, 3],
    [50, 0, 1],
  ])('%p percent of %i is %i real servers', (availability, of, least) =>
    expect(leastAvailable({ availability }, of)).toBe(least),
  );

  it('lets real servers go down to it', () =>
    rule
      .given(...wanting(66))
      .when(halt(51))
      .then(halted(51)));

  it.each([
    ['a drain', drain(51)],
    ['a halt', halt(51)],
    ['a weight of 0', modifyServer(51, { weight: 0 })],
  ])('refuses %s below it, and says who would be left', (_what, wish) => {
    const given = rule.given(...wanting(66), halted(52));
    given.when(wish).refuses('below-watermark', oneLeft);
    given.when({ ...wish, force: true } as typeof wish).refuses('reason-required', {
      because: 'DICOM would be left below the watermark: say why',
    });
  });

  it('passes by force with a reason', () =>
    ruleIn({ hasReason: true })
      .given(...wanting(66), halted(52))
      .when(drain(51, true, 'forget'))
      .then({ kind: 'RealServerDrainStarted', realServerId: realServerId(51), clients: 'forget' }));

  it('refuses to remove one when too few of the others are available', () => {
    const services = [short(1, 'DICOM', 2, { left: ['INF_PACS3'], least: 2 })];
    rule
      .given(...wanting(66), halted(52))
      .when(removeServer(51))
      .refuses('below-watermark', { services });
    rule
      .given(...wanting(66))
      .when(removeServer(51))
      .then({ kind: 'RealServerRemoved', realServerId: realServerId(51) });
  });

  it('counts by verdict too, and an unknown one as available', () =>
    ruleIn({ verdictOf: verdicts({ 52: 'down' }) })
      .given(...wanting(66))
      .when(drain(51))
      .refuses('below-watermark', oneLeft));

  it('lets one go that was not available anyhow, and does not hold up a change of the service', () => {
    ruleIn({ verdictOf: verdicts({ 51: 'down', 52: 'down' }) })
      .given(...wanting(66))
      .when(halt(51))
      .then(halted(51));
    rule
      .given(...wanting(0), halted(52))
      .when(modifyService(1, { availability: 100 }))
      .then({
        kind: 'VirtualServiceModified',
        virtualServiceId: virtualServiceId(1),
        changed: ['availability'],
        service: aServiceSpec({ availability: 100 }),
      });
  });

  it('of one service holds a whole machine, and every service in the way is named with who would be left', () => {
    const check = serviceAdded(2, { label: 'CHECK', ports: [105] });
    const given = [...wanting(100), check, serverAdded(54, 2, pacs(1))];
    const services = [short(1, 'DICOM', 3, { left: ['INF_PACS2', 'INF_PACS3'], least: 3 }), short(2, 'CHECK', 1)];
    rule
      .given(...given)
      .when({ kind: 'HaltMachine', address: '192.168.85.200', connections: 'close', force: false })
      .refuses('last-available-real-server', { services });
    rule
      .given(...given, serverAdded(55, 2, pacs(2)))
      .when({ kind: 'DrainMachine', address: '192.168.85.200', clients: 'keep', force: false })
      .refuses('below-watermark', { services: services.slice(0, 1) });
  });

  it('is kept by an apply', () => {
    const members = [1, 2, 3].map((nth) => pacs(nth, nth === 1 ? { weight: 0 } : {}));
    const service = serviceAdded(1, { availability: 100, scope: 'pacs' });
    rule
      .given(service, ...three)
      .when(apply(aDocument([declared({ availability: 100, realServers: members })])))
      .refuses('below-watermark', {
        services: [short(1, 'DICOM', 3, { left: ['INF_PACS2', 'INF_PACS3'], least: 3 })],
      });
  });

  it('is kept by a revert', () =>
    revertingIn([...wanting(66), halted(51)], [broughtOnline(51)], [halted(52)])
      .when(revert(2))
      .refuses('below-watermark', oneLeft));
});
