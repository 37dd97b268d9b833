import { expect, it } from '@jest/globals';
import { completeRealServer, completeService } from './complete.ts';
import { RealServerSpec } from './real-server.ts';
import { serviceKinds, VirtualServiceSpec } from './virtual-service.ts';

const named = { label: 'A', address: '192.168.85.150', ports: [104] };
const kinds = [
  ...serviceKinds.map(({ shape }) => ({ layer: shape.layer.value, mode: shape.mode.value })),
  { layer: 7, mode: 'http', action: 'redirect-to-https' },
];

it.each(kinds)('gives a stored service of %j the defaults of all that came later', (kind) => {
  const stored = { ...named, ...kind } as VirtualServiceSpec;
  expect(completeService(stored)).toEqual(VirtualServiceSpec.parse(stored));
});

it('changes nothing that was stored, and keeps the object of one that lacks nothing', () => {
  const whole = VirtualServiceSpec.parse({ ...named, layer: 7, mode: 'http', tunnelTimeout: '2h', onDown: 'close' });
  expect(completeService(whole)).toBe(whole);
});

it('does the same for a real server', () => {
  const stored = { label: 'A', address: '192.168.85.200' } as RealServerSpec;
  expect(completeRealServer(stored)).toEqual(RealServerSpec.parse(stored));
  const whole = RealServerSpec.parse({ ...stored, weight: 0 });
  expect(completeRealServer(whole)).toBe(whole);
});
