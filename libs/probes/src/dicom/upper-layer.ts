/** What a DICOM peer can say on the upper layer, as far as one who only wants an echo must understand it. */
export type Heard =
  | { readonly kind: 'accepted'; readonly isVerificationAccepted: boolean }
  | { readonly kind: 'rejected'; readonly result: number; readonly source: number; readonly reason: number }
  | { readonly kind: 'data'; readonly fragments: readonly CommandFragment[] }
  | { readonly kind: 'release-requested' }
  | { readonly kind: 'released' }
  | { readonly kind: 'aborted'; readonly source: number; readonly reason: number }
  | { readonly kind: 'malformed'; readonly why: string };

/** A piece of a command; messages may be cut into several. */
export type CommandFragment = { readonly bytes: Buffer; readonly isLast: boolean };

export const pduHeaderBytes = 6;
/** The longest unit we offer to take, and the longest that we read. */
export const pduMaxBytes = 16 * 1024;

const verificationClass = '1.2.840.10008.1.1';
const implicitLittleEndian = '1.2.840.10008.1.2';
const applicationContext = '1.2.840.10008.3.1.1.1';
/** Ours, made from a random UUID (PS3.5, B.2). */
const implementationClass = '2.25.317769084684435487726958318591779609881';
/** Odd, as presentation context ids are. */
const contextId = 1;

const pdu = { associate: 1, accept: 2, reject: 3, data: 4, releaseRequest: 5, released: 6, abort: 7 } as const;

/** A-ASSOCIATE-RQ that proposes Verification in implicit VR little endian. PS3.8, section 9.3.2. */
export const associateRequest = (callingAe: string, calledAe: string): Buffer => {
  const maxLength = Buffer.alloc(4);
  maxLength.writeUInt32BE(pduMaxBytes);
  return unit(
    pdu.associate,
    Buffer.from([0, 1, 0, 0]), // protocol version 1
    title(calledAe),
    title(callingAe),
    Buffer.alloc(32),
    item(0x10, uid(applicationContext)),
    item(
      0x20,
      Buffer.from([contextId, 0, 0, 0]),
      item(0x30, uid(verificationClass)),
      item(0x40, uid(implicitLittleEndian)),
    ),
    item(0x50, item(0x51, maxLength), item(0x52, uid(implementationClass)), item(0x55, uid('EVENKEEL'))),
  );
};

/** P-DATA-TF with one whole command. PS3.8, sections 9.3.5 and E.2. */
export const commandData = (command: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(command.length + 2);
  return unit(pdu.data, length, Buffer.from([contextId, 0b11]), command);
};

/** A-RELEASE-RQ. PS3.8, section 9.3.6. */
export const releaseRequest = (): Buffer => unit(pdu.releaseRequest, Buffer.alloc(4));

/** Type and length of a protocol data unit, from its first six bytes. */
export const headerIn = (header: Buffer): { readonly type: number; readonly length: number } => ({
  type: header.readUInt8(0),
  length: header.readUInt32BE(2),
});

/** The meaning of one protocol data unit. PS3.8, section 9.3. */
export const heardIn = (type: number, body: Buffer): Heard => {
  switch (type) {
    case pdu.accept:
      return body.length < 68 ? malformed('a cut-off acceptance') : accepted(body.subarray(68));
    case pdu.reject:
      if (body.length < 4) return malformed('a cut-off rejection');
      return { kind: 'rejected', result: body.readUInt8(1), source: body.readUInt8(2), reason: body.readUInt8(3) };
    case pdu.data:
      return commandsIn(body);
    case pdu.releaseRequest:
      return { kind: 'release-requested' };
    case pdu.released:
      return { kind: 'released' };
    case pdu.abort:
      if (body.length < 4) return malformed('a cut-off abort');
      return { kind: 'aborted', source: body.readUInt8(2), reason: body.readUInt8(3) };
    default:
      return malformed(`byte 0x${hex(type)}, which begins no DICOM answer`);
  }
};

/** The name of a unit by its type, as PS3.8 writes it. */
export const unitName = (type: number): string => unitNames[type] ?? `0x${hex(type)}, which is no DICOM`;

const unitNames: Readonly<Record<number, string>> = {
  [pdu.associate]: 'A-ASSOCIATE-RQ',
  [pdu.accept]: 'A-ASSOCIATE-AC',
  [pdu.reject]: 'A-ASSOCIATE-RJ',
  [pdu.data]: 'P-DATA-TF',
  [pdu.releaseRequest]: 'A-RELEASE-RQ',
  [pdu.released]: 'A-RELEASE-RP',
  [pdu.abort]: 'A-ABORT',
};

export const isDicom = (type: number): boolean => type >= pdu.accept && type <= pdu.abort;

const malformed = (why: string): Heard => ({ kind: 'malformed', why });

/** Looks for our presentation context among the items of an acceptance. PS3.8, section 9.3.3.2. */
const accepted = (items: Buffer): Heard => {
  for (let at = 0; at + 4 <= items.length;) {
    const length = items.readUInt16BE(at + 2);
    const body = items.subarray(at + 4, at + 4 + length);
    if (body.length < length) return malformed('an acceptance whose items do not fit into it');
    if (items.readUInt8(at) === 0x21 && body[0] === contextId) {
      return { kind: 'accepted', isVerificationAccepted: body[2] === 0 };
    }
    at += 4 + length;
  }
  return { kind: 'accepted', isVerificationAccepted: false };
};

/** The presentation data values in one unit. PS3.8, section 9.3.5.1 and annex E. */
const commandsIn = (body: Buffer): Heard => {
  const fragments: CommandFragment[] = [];
  for (let at = 0; at < body.length;) {
    const length = body.length - at < 6 ? 0 : body.readUInt32BE(at);
    if (length < 2 || at + 4 + length > body.length) return malformed('data whose lengths do not fit');
    const control = body.readUInt8(at + 5);
    if (body.readUInt8(at + 4) !== contextId || (control & 1) === 0) return malformed('data that nobody asked for');
    fragments.push({ bytes: body.subarray(at + 6, at + 4 + length), isLast: (control & 2) !== 0 });
    at += 4 + length;
  }
  return { kind: 'data', fragments };
};

const unit = (type: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const header = Buffer.from([type, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(body.length, 2);
  return Buffer.concat([header, body]);
};

const item = (type: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const header = Buffer.from([type, 0, 0, 0]);
  header.writeUInt16BE(body.length, 2);
  return Buffer.concat([header, body]);
};

const uid = (text: string): Buffer => Buffer.from(text, 'latin1');
const title = (name: string): Buffer => Buffer.from(name.padEnd(16), 'latin1');
const hex = (byte: number): string => byte.toString(16).padStart(2, '0');
