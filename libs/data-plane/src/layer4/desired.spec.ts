import { describe, expect, it } from '@jest/globals';
import {
  but,
  drainForgetting,
  drainKeeping,
  haltClosing,
  haltFinishing,
  infinittCheck,
  online,
  pictureOf,
  type ServerTale,
  threePacs,
} from '../../test/layer4/picture-of.ts';
import { wantedLayer4 } from './wanted.ts';

const serviceOf = (fields: Parameters<typeof infinittCheck>[0]) =>
  wantedLayer4(pictureOf(infinittCheck(fields)), 'ip').services[0];
const memberOf = (tale: Partial<ServerTale>) => serviceOf({ servers: but(threePacs, { 2: tale }) })?.members[0];

describe('what layer 4 wants of a real server', () => {
  // weight, keepsClients, keepsConnections
  it.each<[string, Partial<ServerTale>, number, boolean, boolean]>([
    ['online', { intent: online }, 100, true, true],
    ['online and up', { verdict: 'up' }, 100, true, true],
    ['online with a verdict that nobody has given', { verdict: 'unknown' }, 100, true, true],
    ['of weight 0', { weight: 0 }, 0, true, true],
    ['drained, keeping clients', { intent: drainKeeping }, 0, true, true],
    ['drained, forgetting clients', { intent: drainForgetting }, 0, false, true],
    ['halted, connections finish', { intent: haltFinishing }, 0, false, true],
    ['halted, connections close', { intent: haltClosing }, 0, false, false],
    ['down', { verdict: 'down' }, 0, false, false],
    ['drained, keeping clients, and down', { intent: drainKeeping, verdict: 'down' }, 0, false, false],
    ['halted, connections finish, and down', { intent: haltFinishing, verdict: 'down' }, 0, false, false],
  ])('that is %s', (_, tale, weight, keepsClients, keepsConnections) => {
    expect(memberOf(tale)).toMatchObject({ weight, keepsClients, keepsConnections });
  });

  it('inherits the port that the client came to, or has one of its own', () => {
    expect(memberOf({})?.port).toBeUndefined();
    expect(memberOf({ port: 1_137 })?.port).toBe(1_137);
  });
});

describe('what layer 4 wants of a service', () => {
  it('remembers clients for at least as long as was asked for: the kernel counts whole seconds', () => {
    const memory = (timeout: string) => serviceOf({ persistence: { kind: 'source-ip', timeout } })?.memory;
    expect(memory('5m')).toEqual({ timeoutSeconds: 300, size: 65_535 });
    expect(memory('1500ms')?.timeoutSeconds).toBe(2);
  });

  it('remembers nobody without persistence', () => {
    const service = serviceOf({ persistence: { kind: 'none' } });
    expect(service?.memory).toBeUndefined();
    expect(service?.members.map(({ keepsClients }) => keepsClients)).toEqual([false, false, false]);
  });

  it.each([
    ['serve-all', [100, 100, 100], [true, true, true]],
    ['serve-none', [0, 0, 0], [false, false, false]],
  ] as const)('treats all its servers alike in panic: %s', (then, weights, keeps) => {
    const servers = but(threePacs, { 2: { verdict: 'down' }, 3: { verdict: 'down' }, 4: { verdict: 'up' } });
    const members = serviceOf({ servers, panic: { below: 50, then } })?.members ?? [];
    expect(members.map(({ weight }) => weight)).toEqual(weights);
    expect(members.map(({ keepsConnections }) => keepsConnections)).toEqual(keeps);
  });

  it('occupies each port on each transport', () => {
    expect(serviceOf({ ports: [137, 138] })?.endpoints).toHaveLength(4);
  });

  it('is not there when the service is disabled, or of layer 7', () => {
    const dicom = { number: 10, label: 'DICOM', ports: [104], layer: 7, mode: 'tcp', servers: [] } as const;
    const picture = pictureOf(infinittCheck({ isEnabled: false }), { ...dicom, ports: [104] });
    expect(wantedLayer4(picture, 'ip')).toEqual({ services: [], ruleset: undefined, text: [] });
  });
});
