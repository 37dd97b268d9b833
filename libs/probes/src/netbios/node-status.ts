/** A name that a NetBIOS node has registered. The suffix tells what for: 0x00 workstation or group, 0x20 file server. */
export type NetbiosName = { readonly name: string; readonly suffix: number; readonly isGroup: boolean };

const nodeStatusType = 0x0021;
const internetClass = 0x0001;

/** `*` and 15 zero bytes, each byte as two letters from "A" (RFC 1001, section 14.1), between its length and an end. */
const encodedAsterisk = Buffer.from(`\x20CK${'A'.repeat(30)}\0`, 'latin1');

/** Asks a node for all its names. RFC 1002, section 4.2.17. */
export const nodeStatusRequest = (transactionId: number): Buffer => {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(transactionId, 0);
  header.writeUInt16BE(1, 4); // one question, flags and the other counts 0
  const question = Buffer.alloc(4);
  question.writeUInt16BE(nodeStatusType, 0);
  question.writeUInt16BE(internetClass, 2);
  return Buffer.concat([header, encodedAsterisk, question]);
};

/** The names in an answer to our question; undefined when it is none. RFC 1002, section 4.2.18. */
export const namesIn = (packet: Buffer, transactionId: number): readonly NetbiosName[] | undefined => {
  if (packet.length < 12 || packet.readUInt16BE(0) !== transactionId) return undefined;
  const flags = packet.readUInt16BE(2);
  const isGoodAnswer = (flags & 0x8000) !== 0 && (flags & 0x000f) === 0;
  const record = 12 + encodedAsterisk.length;
  if (!isGoodAnswer || packet.readUInt16BE(6) !== 1 || packet.length < record + 11) return undefined;
  const isNodeStatus =
    packet.subarray(12, record).equals(encodedAsterisk) &&
    packet.readUInt16BE(record) === nodeStatusType &&
    packet.readUInt16BE(record + 2) === internetClass;
  return isNodeStatus ? namesFrom(packet.subarray(record + 10)) : undefined;
};

/** A count, then for each name 15 characters, the suffix and 16 bits of flags. */
const namesFrom = (body: Buffer): readonly NetbiosName[] | undefined => {
  const count = body[0] ?? 0;
  if (body.length < 1 + 18 * count) return undefined;
  return Array.from({ length: count }, (_, index) => {
    const entry = body.subarray(1 + 18 * index, 19 + 18 * index);
    const name = entry.toString('latin1', 0, 15).trimEnd();
    return { name, suffix: entry.readUInt8(15), isGroup: (entry.readUInt16BE(16) & 0x8000) !== 0 };
  });
};
