const verificationClass = '1.2.840.10008.1.1';
const messageId = 1;
const echoResponse = 0x8030;

/** C-ECHO-RQ as a command set in implicit VR little endian. PS3.7, section 9.3.5.1. */
export const echoRequest = (): Buffer => {
  const elements = Buffer.concat([
    element(0x0002, Buffer.from(`${verificationClass}\0`, 'latin1')), // padded to an even length
    element(0x0100, short(0x0030)),
    element(0x0110, short(messageId)),
    element(0x0800, short(0x0101)), // no data set follows
  ]);
  return Buffer.concat([element(0x0000, long(elements.length)), elements]);
};

/** The status in a C-ECHO-RSP to our request; undefined when the command is none. PS3.7, section 9.3.5.2. */
export const echoStatusIn = (command: Buffer): number | undefined => {
  const elements = shortsIn(command);
  if (elements?.get(0x0100) !== echoResponse || elements.get(0x0120) !== messageId) return undefined;
  return elements.get(0x0900);
};

/** All two-byte elements of group 0000; undefined when the lengths do not fit. */
const shortsIn = (command: Buffer): ReadonlyMap<number, number> | undefined => {
  const elements = new Map<number, number>();
  for (let at = 0; at < command.length;) {
    if (command.length - at < 8 || command.readUInt16LE(at) !== 0) return undefined;
    const length = command.readUInt32LE(at + 4);
    if (at + 8 + length > command.length) return undefined;
    if (length === 2) elements.set(command.readUInt16LE(at + 2), command.readUInt16LE(at + 8));
    at += 8 + length;
  }
  return elements;
};

const element = (number: number, value: Buffer): Buffer =>
  Buffer.concat([short(0x0000), short(number), long(value.length), value]);

const short = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
};

const long = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
