import type { Credentials } from '@evenkeel/contracts';

/**
 * Message 1: BindRequest of version 3 with a simple password; without name and password it is nobody's. RFC 4511, sections 4.1.1
 * and 4.2; X.690 for the bytes.
 */
export const bindRequest = ({ username, password }: Credentials = { username: '', password: '' }): Buffer =>
  element(
    tags.sequence,
    element(tags.integer, Buffer.from([1])),
    element(
      tags.bindRequest,
      element(tags.integer, Buffer.from([3])),
      element(tags.octets, Buffer.from(username)),
      element(tags.simple, Buffer.from(password)),
    ),
  );
const element = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const value = Buffer.concat(parts);
  // Names and passwords are limited, so two bytes hold every length.
  const long = value.length < 0x1_00 ? [0x81, value.length] : [0x82, value.length >> 8, value.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...(value.length < 0x80 ? [value.length] : long)]), value]);
};

/** Message 2: UnbindRequest, which has no answer. RFC 4511, section 4.3. */
export const unbind = (): Buffer => Buffer.from('30050201024200', 'hex');

/** The result code and the server's own words. */
export type BindAnswer = { readonly kind: 'answered'; readonly code: number; readonly words: string };
export type Bound = BindAnswer | { readonly kind: 'incomplete' } | { readonly kind: 'malformed' };

const tags = {
  integer: 0x02,
  octets: 0x04,
  enumerated: 0x0a,
  sequence: 0x30,
  bindRequest: 0x60,
  bindResponse: 0x61,
  simple: 0x80,
} as const;
/** More than any answer to a simple bind has. */
export const answerMaxBytes = 4_096;

/** What came so far, as the answer to message 1. RFC 4511, section 4.2.2. */
export const boundIn = (bytes: Buffer): Bound => {
  if (bytes.length > 0 && bytes[0] !== tags.sequence) return { kind: 'malformed' };
  const size = sizeOf(bytes, 0);
  if (size === 'incomplete') return { kind: 'incomplete' };
  if (size === 'malformed' || size.end > answerMaxBytes) return { kind: 'malformed' };
  if (bytes.length < size.end) return { kind: 'incomplete' };
  return answerIn(bytes.subarray(size.start, size.end)) ?? { kind: 'malformed' };
};

const answerIn = (message: Buffer): BindAnswer | undefined => {
  const [id, response] = elementsIn(message) ?? [];
  if (id?.tag !== tags.integer || !id.value.equals(Buffer.from([1])) || response?.tag !== tags.bindResponse)
    return undefined;
  const [code, , words] = elementsIn(response.value) ?? [];
  if (code?.tag !== tags.enumerated || code.value.length !== 1 || words?.tag !== tags.octets) return undefined;
  return { kind: 'answered', code: code.value.readUInt8(0), words: words.value.toString() };
};

type Element = { readonly tag: number; readonly value: Buffer };

/** The elements side by side; undefined when their lengths do not fit. */
const elementsIn = (bytes: Buffer): readonly Element[] | undefined => {
  const elements: Element[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = sizeOf(bytes, at);
    if (typeof size === 'string' || size.end > bytes.length) return undefined;
    elements.push({ tag: bytes.readUInt8(at), value: bytes.subarray(size.start, size.end) });
    at = size.end;
  }
  return elements;
};

/** Where the value of the element at `at` starts and ends. LDAP has definite lengths only. */
const sizeOf = (bytes: Buffer, at: number) => {
  const first = bytes[at + 1];
  if (first === undefined) return 'incomplete';
  if (first < 0x80) return { start: at + 2, end: at + 2 + first };
  const count = first & 0x7f;
  // Active Directory writes four bytes even for short lengths.
  if (count === 0 || count > 4) return 'malformed';
  if (bytes.length < at + 2 + count) return 'incomplete';
  const start = at + 2 + count;
  return { start, end: start + bytes.readUIntBE(at + 2, count) };
};
