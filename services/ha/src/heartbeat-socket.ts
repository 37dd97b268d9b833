import { createHmac } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { NodeName } from '@evenkeel/contracts';
import {
  type Circle,
  decodeHeartbeat,
  type Dropped,
  encodeHeartbeat,
  type Heartbeat,
  type Sign,
} from '@evenkeel/election';
import type { HaSettings } from './settings.ts';

const signWith =
  (key: Buffer): Sign =>
  (bytes) =>
    createHmac('sha256', key).update(bytes).digest();

/** Signed heartbeats on UDP, to and from the addresses of the peers, and by whatever other way somebody offers. */
export class HeartbeatSocket {
  /** Why datagrams were ignored, and how often. `stranger`: signed as ought to be, by a node that is not configured here. */
  readonly ignored: Record<Dropped | 'stranger', number> = { malformed: 0, forged: 0, elsewhere: 0, stranger: 0 };
  private readonly socket: Socket = createSocket('udp4');
  private readonly sign: Sign;
  private readonly signs: readonly Sign[];
  private readonly circle: Circle;
  private readonly places: ReadonlyMap<NodeName, string>;

  constructor(
    private readonly settings: Pick<HaSettings, 'cluster' | 'group' | 'keys' | 'node' | 'peers' | 'port'>,
    private readonly onHeard: (heartbeat: Heartbeat) => void,
    /** Takes each datagram as well, to bring it there another way. */
    private readonly sendToo: (to: NodeName, datagram: Uint8Array) => void,
  ) {
    const [newest, ...older] = settings.keys;
    this.sign = signWith(newest);
    this.signs = [this.sign, ...older.map(signWith)];
    this.circle = { cluster: settings.cluster, group: settings.group };
    this.places = new Map(settings.peers.map(({ node, address }) => [node, address]));
    this.socket.on('message', (datagram) => this.take(datagram));
    // What cannot be sent or was refused is missed by the other side, and that is all that it means.
    this.socket.on('error', () => undefined);
  }

  /** Rejects when the port is taken. */
  async listen(): Promise<void> {
    this.socket.bind(this.settings.port);
    await once(this.socket, 'listening');
  }

  send(to: NodeName, heartbeat: Heartbeat): void {
    const address = this.places.get(to);
    if (address === undefined) return;
    const datagram = this.encode(to, heartbeat);
    this.socket.send(datagram, this.settings.port, address, () => undefined);
    this.sendToo(to, datagram);
  }

  /** Whichever way it came: its signature says whose it is, and its number whether it is news. */
  take(datagram: Uint8Array): void {
    const read = decodeHeartbeat(datagram, this.settings.node, this.circle, this.signs);
    if (typeof read === 'string') this.ignored[read] += 1;
    else if (!this.places.has(read.node)) this.ignored.stranger += 1;
    else this.onHeard(read);
  }

  /** As it is sent: signed with the newest key. */
  encode(to: NodeName, heartbeat: Heartbeat): Uint8Array {
    return encodeHeartbeat(heartbeat, to, this.circle, this.sign);
  }

  close(): void {
    this.socket.close();
  }
}
