import { broadcastMac, decodeArp, encodeArp, noAddress, noMac } from './arp-frame.ts';
import type { PacketSocket } from './packet-socket.ts';

/** What was seen on the wire. */
export type Sighting =
  | { readonly kind: 'ping-answered'; readonly target: string; readonly sentAt: number }
  /** Another machine says that the address is its own. */
  | { readonly kind: 'address-answered'; readonly address: string; readonly mac: string }
  /** Another machine asks who has the address, without saying who it is itself (RFC 5227). */
  | { readonly kind: 'probed'; readonly address: string; readonly mac: string };

type Asked = { mac: string; unanswered: number[] };

/**
 * The Ethernet segment that the addresses are in, as one node sees and asks it. Times are the caller's, in milliseconds. Answers
 * do not say which question they answer: each is taken for one to the oldest that is younger than `answerMs`.
 */
export class Segment {
  private readonly asked = new Map<string, Asked>();

  constructor(
    private readonly socket: Pick<PacketSocket, 'send' | 'receive'>,
    private readonly own: { readonly mac: string; readonly address: string },
    private readonly answerMs: number,
  ) {}

  /** Asks `target` for its MAC address: whoever answers hears this node, and is heard. */
  ping(target: string, sentAt: number): void {
    const asked = this.asked.get(target) ?? { mac: broadcastMac, unanswered: [] };
    asked.unanswered = asked.unanswered.filter((at) => sentAt - at < this.answerMs);
    // Its address may have moved to another machine.
    if (asked.unanswered.length > 1) asked.mac = broadcastMac;
    asked.unanswered.push(sentAt);
    this.asked.set(target, asked);
    this.ask(target, this.own.address, asked.mac);
  }

  /** Asks who has `address`; false when the question could not be sent. */
  probe(address: string): boolean {
    return this.ask(address, noAddress, broadcastMac);
  }

  /** Tells everybody that `address` is here now, in both forms that are understood. */
  announce(address: string): void {
    const { mac } = this.own;
    for (const operation of ['request', 'reply'] as const) {
      const frame = {
        operation,
        senderMac: mac,
        senderAddress: address,
        targetMac: broadcastMac,
        targetAddress: address,
      };
      this.socket.send(encodeArp(frame, broadcastMac));
    }
  }

  /** What has been seen since the last call. `watched`: the addresses of the group. */
  look(watched: readonly string[], now: number): Sighting[] {
    return this.socket.receive().flatMap((bytes) => this.read(bytes, watched, now));
  }

  private read(bytes: Buffer, watched: readonly string[], now: number): Sighting[] {
    const frame = decodeArp(bytes);
    if (frame === undefined || frame.senderMac === this.own.mac) return [];
    const { operation, senderAddress, senderMac: mac, targetAddress } = frame;
    if (watched.includes(senderAddress)) return [{ kind: 'address-answered', address: senderAddress, mac }];
    if (operation === 'reply') return this.pingAnswered(senderAddress, mac, now);
    const isProbe = senderAddress === noAddress && watched.includes(targetAddress);
    return isProbe ? [{ kind: 'probed', address: targetAddress, mac }] : [];
  }

  private pingAnswered(target: string, mac: string, now: number): Sighting[] {
    const asked = this.asked.get(target);
    const sentAt = asked?.unanswered.filter((at) => now - at < this.answerMs).at(0);
    if (asked === undefined || sentAt === undefined) return [];
    asked.mac = mac;
    asked.unanswered = asked.unanswered.filter((at) => at > sentAt);
    return [{ kind: 'ping-answered', target, sentAt }];
  }

  private ask(targetAddress: string, senderAddress: string, to: string): boolean {
    const { mac: senderMac } = this.own;
    const frame = encodeArp({ operation: 'request', senderMac, senderAddress, targetMac: noMac, targetAddress }, to);
    return this.socket.send(frame) === undefined;
  }
}
