// Addresses as text. An IPv6 address can be written in many ways and is kept in one, that of RFC 5952, so that equal
// addresses are equal text: in the book, in rules that compare, and in what HAProxy and nft list.

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const ipv4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`);
const group = /^[0-9a-f]{1,4}$/i;

const anAddress = 'an IPv4 address such as 192.168.85.150, or an IPv6 address such as 2001:db8::150';

/** Of an address that is in the book. */
export const isIPv6 = (address: string): boolean => address.includes(':');

/** An address and a port in one text: RFC 5952, section 6. */
export const hostAndPort = (address: string, port: number | string): string =>
  `${isIPv6(address) ? `[${address}]` : address}:${port}`;

/** The one way to write an address; text that is none stays as it is. */
export const canonicalAddress = (text: string): string => {
  const groups = isIPv6(text) ? groupsOf(text) : undefined;
  return groups === undefined ? text : written(groups);
};

/** What would be right where `text` cannot be the address of a host; undefined where it can. */
export const whyNoAddress = (text: string): string | undefined => {
  if (ipv4.test(text)) return undefined;
  const groups = groupsOf(text);
  if (groups !== undefined) return whyNoHost(groups);
  const bare = text.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '');
  if (bare === text || groupsOf(bare) === undefined) return anAddress;
  return text.includes('%') ? withoutZone : `the address without brackets: ${canonicalAddress(bare)}`;
};

/** The same of networks, `10.20.0.0/16`; an address alone is a network of one. */
export const canonicalNetwork = (text: string): string => {
  const [address = '', ...length] = text.split('/');
  return [canonicalAddress(address), ...length].join('/');
};

export const isNetwork = (text: string): boolean => {
  const [address = '', length = '0', ...more] = text.split('/');
  const bits = ipv4.test(address) ? 32 : groupsOf(address) === undefined ? -1 : 128;
  return more.length === 0 && /^(0|[1-9]\d{0,2})$/.test(length) && Number(length) <= bits;
};

const withoutZone = 'an address that is good without a zone: one of fe80::/10 is known on one link only';

const whyNoHost = (groups: readonly number[]): string | undefined => {
  const [first = 0] = groups;
  const last = groups.slice(6).flatMap((two) => [two >> 8, two & 0xff]);
  if (isZero(groups.slice(0, 5)) && groups[5] === 0xffff) return `the IPv4 address itself: ${last.join('.')}`;
  if (isZero(groups.slice(0, 6)) && written(groups) !== '::1') return `${anAddress}; ::/96 is no host`;
  if (first >> 8 === 0xff) return `${anAddress}; ff00::/8 is multicast`;
  return (first & 0xffc0) === 0xfe80 ? withoutZone : undefined;
};

const isZero = (groups: readonly number[]): boolean => groups.every((one) => one === 0);

/** The eight numbers of an IPv6 address; undefined when it is none. RFC 4291, section 2.2. */
const groupsOf = (text: string): readonly number[] | undefined => {
  const [head = '', tail, ...more] = text.split('::');
  const [before, after] = [numbersOf(head, tail === undefined), tail === undefined ? [] : numbersOf(tail, true)];
  if (before === undefined || after === undefined || more.length > 0) return undefined;
  const zeros = 8 - before.length - after.length;
  if (tail === undefined ? zeros !== 0 : zeros < 1) return undefined;
  return [...before, ...Array.from({ length: zeros }, () => 0), ...after];
};

/** Those of one side of `::`. The end of an address may be written like IPv4. */
const numbersOf = (side: string, isEnd: boolean): readonly number[] | undefined => {
  if (side === '') return [];
  const parts = side.split(':');
  const dotted = isEnd && ipv4.test(parts.at(-1) ?? '') ? (parts.pop() ?? '') : undefined;
  if (!parts.every((part) => group.test(part))) return undefined;
  return [...parts.map((part) => Number.parseInt(part, 16)), ...(dotted === undefined ? [] : asGroups(dotted))];
};

const asGroups = (dotted: string): readonly number[] => {
  const [a = 0, b = 0, c = 0, d = 0] = dotted.split('.').map(Number);
  return [a * 256 + b, c * 256 + d];
};

/** RFC 5952, section 4: `::` for the first of the longest runs of zeros, unless that is a single one. */
const written = (groups: readonly number[]): string => {
  const run = longestRun(groups);
  const hex = groups.map((one) => one.toString(16));
  if (run.length < 2) return hex.join(':');
  return `${hex.slice(0, run.start).join(':')}::${hex.slice(run.start + run.length).join(':')}`;
};

const longestRun = (groups: readonly number[]): { readonly start: number; readonly length: number } => {
  let longest = { start: 0, length: 0 };
  let length = 0;
  for (const [index, one] of groups.entries()) {
    length = one === 0 ? length + 1 : 0;
    if (length > longest.length) longest = { start: index + 1 - length, length };
  }
  return longest;
};
