/** ARP for IPv4 over Ethernet. Source: RFC 826, RFC 5227. */
export type ArpFrame = {
  readonly operation: 'request' | 'reply';
  readonly senderMac: string;
  /** `0.0.0.0` in a probe: whoever hears it learns nothing from it. */
  readonly senderAddress: string;
  readonly targetMac: string;
  readonly targetAddress: string;
};

export const broadcastMac = 'ff:ff:ff:ff:ff:ff';
export const noMac = '00:00:00:00:00:00';
export const noAddress = '0.0.0.0';

const etherType = 0x0806;
const [ethernetBytes, arpBytes] = [14, 28];
const [request, reply] = [1, 2];

/** A whole Ethernet frame, to `to`. */
export const encodeArp = (frame: ArpFrame, to: string): Buffer => {
  const bytes = Buffer.alloc(ethernetBytes + arpBytes);
  macTo(bytes, 0, to);
  macTo(bytes, 6, frame.senderMac);
  bytes.writeUInt16BE(etherType, 12);
  bytes.writeUInt16BE(1, 14); // Ethernet
  bytes.writeUInt16BE(0x0800, 16); // IPv4
  bytes.writeUInt8(6, 18);
  bytes.writeUInt8(4, 19);
  bytes.writeUInt16BE(frame.operation === 'request' ? request : reply, 20);
  macTo(bytes, 22, frame.senderMac);
  addressTo(bytes, 28, frame.senderAddress);
  macTo(bytes, 32, frame.targetMac);
  addressTo(bytes, 38, frame.targetAddress);
  return bytes;
};

/** Undefined for anything else than ARP for IPv4 over Ethernet. */
export const decodeArp = (bytes: Buffer): ArpFrame | undefined => {
  if (bytes.length < ethernetBytes + arpBytes || bytes.readUInt16BE(12) !== etherType) return undefined;
  const isOurs = bytes.readUInt16BE(14) === 1 && bytes.readUInt16BE(16) === 0x0800 && bytes.readUInt16BE(18) === 0x0604;
  const operation = bytes.readUInt16BE(20);
  if (!isOurs || (operation !== request && operation !== reply)) return undefined;
  return {
    operation: operation === request ? 'request' : 'reply',
    senderMac: macAt(bytes, 22),
    senderAddress: addressAt(bytes, 28),
    targetMac: macAt(bytes, 32),
    targetAddress: addressAt(bytes, 38),
  };
};

const macTo = (bytes: Buffer, offset: number, mac: string): void => {
  bytes.set(Buffer.from(mac.replaceAll(':', ''), 'hex'), offset);
};

const macAt = (bytes: Buffer, offset: number): string =>
  Array.from(bytes.subarray(offset, offset + 6), (byte) => byte.toString(16).padStart(2, '0')).join(':');

const addressTo = (bytes: Buffer, offset: number, address: string): void => {
  bytes.set(address.split('.').map(Number), offset);
};

const addressAt = (bytes: Buffer, offset: number): string => bytes.subarray(offset, offset + 4).join('.');
