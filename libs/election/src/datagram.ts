import { NodeName } from '@evenkeel/contracts';
import type { Heartbeat, SaidRole } from './heartbeat.ts';

/** HMAC-SHA-256 over the bytes, with the group's key: 32 bytes. */
export type Sign = (bytes: Uint8Array) => Uint8Array;

/** Where a heartbeat belongs. Both are signed with it: a node of another cluster with the same key is nobody here. */
export type Circle = { readonly cluster: string; readonly group: string };

/** Why a datagram is no heartbeat for this node; `elsewhere`: for another cluster, group or node. */
export type Dropped = 'malformed' | 'forged' | 'elsewhere';

const version = 2;
const magic = 0x45_4b; // EK
const signatureBytes = 32;
/** Where each field begins: one byte or two before `boot`, eight for a count, four for `rank` and `selfMs`. */
const at = {
  magic: 0,
  version: 2,
  flags: 3,
  roleAndCall: 4,
  boot: 5,
  sequence: 13,
  epoch: 21,
  rank: 29,
  selfMs: 33,
  echoBoot: 37,
  echoSequence: 45,
  names: 53,
} as const;
/** Cluster, group, sender and receiver, of 63 bytes at most, each after its length. */
const namesCount = 4;
export const datagramBytesMost = at.names + namesCount * 64 + signatureBytes;

const roles: readonly SaidRole[] = ['standby', 'candidate', 'active'];
const calls: readonly Heartbeat['calls'][] = ['no', 'asks', 'force'];
const flagOf = { hasGateway: 1, canServe: 2, grants: 4, isLast: 8, hasEcho: 16 } as const;
const flagsMost = 31;

/**
 * One heartbeat as it is sent, over UDP and over NATS alike: big-endian, of about 115 bytes. Signed with whom it is for: what it
 * echoes and grants is said to that node, and would be a consent of nobody's if somebody else could be made to hear it.
 */
export const encodeHeartbeat = (
  heartbeat: Heartbeat,
  to: NodeName,
  { cluster, group }: Circle,
  sign: Sign,
): Uint8Array => {
  const names = [cluster, group, heartbeat.node, to].map((name) => new TextEncoder().encode(name));
  const body = new Uint8Array(at.names + names.reduce((sum, name) => sum + 1 + name.length, 0));
  const view = new DataView(body.buffer);
  view.setUint16(at.magic, magic);
  view.setUint8(at.version, version);
  view.setUint8(at.flags, flagsOf(heartbeat));
  view.setUint8(at.roleAndCall, roles.indexOf(heartbeat.role) * 16 + calls.indexOf(heartbeat.calls));
  view.setBigUint64(at.boot, BigInt(heartbeat.boot));
  view.setBigUint64(at.sequence, BigInt(heartbeat.sequence));
  view.setBigUint64(at.epoch, BigInt(heartbeat.epoch));
  view.setUint32(at.rank, heartbeat.rank);
  view.setUint32(at.selfMs, heartbeat.selfMs);
  view.setBigUint64(at.echoBoot, BigInt(heartbeat.echo?.boot ?? 0));
  view.setBigUint64(at.echoSequence, BigInt(heartbeat.echo?.sequence ?? 0));
  let next: number = at.names;
  for (const name of names) {
    body[next] = name.length;
    body.set(name, next + 1);
    next += 1 + name.length;
  }
  const datagram = new Uint8Array(body.length + signatureBytes);
  datagram.set(body);
  datagram.set(sign(body), body.length);
  return datagram;
};

/**
 * The heartbeat for `self` in a datagram; or why it is dropped. `signs`: two keys are good while one replaces the other. Nothing is read
 * before the signature is right, and nothing is kept of what is dropped.
 */
export const decodeHeartbeat = (
  datagram: Uint8Array,
  self: NodeName,
  circle: Circle,
  signs: readonly Sign[],
): Heartbeat | Dropped => {
  if (datagram.length < at.names + signatureBytes || datagram.length > datagramBytesMost) return 'malformed';
  const body = datagram.subarray(0, datagram.length - signatureBytes);
  const signature = datagram.subarray(body.length);
  if (!signs.some((sign) => isSame(sign(body), signature))) return 'forged';
  return read(body, self, circle);
};

/** Takes as long for every wrong signature: how many bytes were right is nobody's business. */
const isSame = (one: Uint8Array, other: Uint8Array): boolean => {
  let difference = one.length ^ other.length;
  for (let index = 0; index < other.length; index += 1) difference |= (one[index] ?? 0) ^ (other[index] ?? 0);
  return difference === 0;
};

const flagsOf = (heartbeat: Heartbeat): number =>
  (heartbeat.hasGateway ? flagOf.hasGateway : 0) +
  (heartbeat.canServe ? flagOf.canServe : 0) +
  (heartbeat.grants ? flagOf.grants : 0) +
  (heartbeat.isLast ? flagOf.isLast : 0) +
  (heartbeat.echo === undefined ? 0 : flagOf.hasEcho);

const read = (body: Uint8Array, self: NodeName, { cluster, group }: Circle): Heartbeat | Dropped => {
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  const flags = view.getUint8(at.flags);
  const roleAndCall = view.getUint8(at.roleAndCall);
  const [role, call] = [roles[roleAndCall >> 4], calls[roleAndCall & 15]];
  const [boot, sequence, epoch, echoBoot, echoSequence] = [
    countAt(view, at.boot),
    countAt(view, at.sequence),
    countAt(view, at.epoch),
    countAt(view, at.echoBoot),
    countAt(view, at.echoSequence),
  ];
  const names = namesIn(body);
  const isKnown = view.getUint16(at.magic) === magic && view.getUint8(at.version) === version && flags <= flagsMost;
  const areCounts = [boot, sequence, epoch, echoBoot, echoSequence].every(Number.isSafeInteger);
  if (!isKnown || !areCounts || role === undefined || call === undefined || names === undefined) return 'malformed';
  if (names[0] !== cluster || names[1] !== group || names[3] !== self) return 'elsewhere';
  const node = NodeName.safeParse(names[2]);
  if (!node.success) return 'malformed';
  return {
    node: node.data,
    boot,
    sequence,
    role,
    epoch,
    rank: view.getUint32(at.rank),
    hasGateway: (flags & flagOf.hasGateway) !== 0,
    canServe: (flags & flagOf.canServe) !== 0,
    selfMs: view.getUint32(at.selfMs),
    echo: (flags & flagOf.hasEcho) === 0 ? undefined : { boot: echoBoot, sequence: echoSequence },
    grants: (flags & flagOf.grants) !== 0,
    calls: call,
    isLast: (flags & flagOf.isLast) !== 0,
  };
};

const countAt = (view: DataView, offset: number): number => Number(view.getBigUint64(offset));

/** Cluster, group, sender and receiver; undefined when they do not fill the rest exactly. */
const namesIn = (body: Uint8Array): readonly string[] | undefined => {
  const names: string[] = [];
  let next: number = at.names;
  while (next < body.length && names.length < namesCount) {
    const end = next + 1 + (body[next] ?? 0);
    if (end > body.length) return undefined;
    names.push(new TextDecoder().decode(body.subarray(next + 1, end)));
    next = end;
  }
  return names.length === namesCount && next === body.length ? names : undefined;
};
