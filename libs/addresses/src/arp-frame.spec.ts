import { expect, it } from '@jest/globals';
import { type ArpFrame, broadcastMac, decodeArp, encodeArp, noMac } from './arp-frame.ts';

const request: ArpFrame = {
  operation: 'request',
  senderMac: '42:60:1d:4d:7b:68',
  senderAddress: '10.9.0.1',
  targetMac: noMac,
  targetAddress: '10.9.0.2',
};

it('is written as every machine writes it', () => {
  expect(encodeArp(request, broadcastMac).toString('hex')).toBe(
    'ffffffffffff42601d4d7b680806' + '0001080006040001' + '42601d4d7b680a090001' + '0000000000000a090002',
  );
});

it.each(['request', 'reply'] as const)('is read as it was written: %s', (operation) => {
  expect(decodeArp(encodeArp({ ...request, operation }, broadcastMac))).toEqual({ ...request, operation });
});

it('is nothing when it is cut, of another protocol, or of another kind', () => {
  const bytes = encodeArp(request, broadcastMac);
  const changed = (offset: number): Buffer => {
    const copy = Buffer.from(bytes);
    copy.writeUInt8(99, offset);
    return copy;
  };
  for (let length = 0; length < bytes.length; length += 1) expect(decodeArp(bytes.subarray(0, length))).toBeUndefined();
  for (const offset of [12, 14, 16, 18, 19, 20]) expect(decodeArp(changed(offset))).toBeUndefined();
  expect(decodeArp(Buffer.concat([bytes, Buffer.alloc(18)]))).toEqual(request); // padded by the card
});
