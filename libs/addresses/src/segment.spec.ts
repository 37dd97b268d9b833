import { beforeEach, expect, it } from '@jest/globals';
import { type ArpFrame, broadcastMac, decodeArp, encodeArp, noAddress, noMac } from './arp-frame.ts';
import { Segment } from './segment.ts';

const own = { mac: '02:00:00:00:00:01', address: '192.168.85.11' };
const gateway = { mac: '02:00:00:00:00:fe', address: '192.168.85.1' };
const other = '02:00:00:00:00:02';
const vip = '192.168.85.150';

let sent: Buffer[];
let coming: Buffer[];
let segment: Segment;
beforeEach(() => {
  [sent, coming] = [[], []];
  const send = (frame: Buffer): undefined => void sent.push(frame);
  segment = new Segment({ send, receive: () => coming.splice(0) }, own, 200);
});

const comes = (frame: Partial<ArpFrame>): void => {
  const whole = {
    operation: 'reply',
    senderMac: other,
    senderAddress: noAddress,
    targetMac: noMac,
    targetAddress: own.address,
  } as const;
  coming.push(encodeArp({ ...whole, ...frame }, broadcastMac));
};
const answerOfGateway = { senderMac: gateway.mac, senderAddress: gateway.address };
const receivers = (): string[] => sent.map((frame) => frame.subarray(0, 6).toString('hex'));

it('finds the gateway by asking everybody, and then asks it alone', () => {
  segment.ping(gateway.address, 0);
  comes(answerOfGateway);
  expect(segment.look([vip], 1)).toEqual([{ kind: 'ping-answered', target: gateway.address, sentAt: 0 }]);
  segment.ping(gateway.address, 50);
  expect(receivers()).toEqual(['ffffffffffff', '0200000000fe']);
});

it('asks everybody again when it has moved to another machine', () => {
  segment.ping(gateway.address, 0);
  comes(answerOfGateway);
  segment.look([vip], 1);
  for (const at of [50, 100, 150]) segment.ping(gateway.address, at);
  expect(receivers().at(-1)).toBe('ffffffffffff');
});

it('takes an answer for that to the oldest question: no proof may be younger than it is', () => {
  segment.ping(gateway.address, 0);
  segment.ping(gateway.address, 50);
  comes(answerOfGateway);
  comes(answerOfGateway);
  expect(segment.look([vip], 60)).toMatchObject([{ sentAt: 0 }, { sentAt: 50 }]);
});

it('forgets a question that nobody answered in time', () => {
  segment.ping(gateway.address, 0);
  segment.ping(gateway.address, 250);
  comes(answerOfGateway);
  expect(segment.look([vip], 251)).toMatchObject([{ sentAt: 250 }]);
  comes(answerOfGateway);
  expect(segment.look([vip], 252)).toEqual([]);
});

it('sees who answers for a watched address, and who asks for it', () => {
  comes({ senderAddress: vip });
  comes({ operation: 'request', senderAddress: vip, targetAddress: vip }); // announces it
  comes({ operation: 'request', targetAddress: vip });
  expect(segment.look([vip], 0)).toEqual([
    { kind: 'address-answered', address: vip, mac: other },
    { kind: 'address-answered', address: vip, mac: other },
    { kind: 'probed', address: vip, mac: other },
  ]);
});

it('does not see itself, nor what is of no concern', () => {
  comes({ senderMac: own.mac, senderAddress: vip });
  comes({ operation: 'request', senderAddress: gateway.address, targetAddress: '192.168.85.99' });
  coming.push(Buffer.from('no frame at all'));
  expect(segment.look([vip], 0)).toEqual([]);
});

it('announces in both forms', () => {
  segment.announce(vip);
  expect(sent.map(decodeArp)).toMatchObject([
    { operation: 'request', senderMac: own.mac, senderAddress: vip, targetAddress: vip },
    { operation: 'reply', senderMac: own.mac, senderAddress: vip, targetAddress: vip },
  ]);
});
