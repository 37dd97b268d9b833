import { dlopen, getInt32 } from 'node:ffi';

/** The system call that failed, and its error number. */
export class PacketSocketFailed extends Error {
  override readonly name = 'PacketSocketFailed';

  constructor(
    call: string,
    readonly errno: number,
  ) {
    super(`${call}: error ${errno}${errno === notPermitted ? ' (not permitted: CAP_NET_RAW is missing)' : ''}`);
  }
}

// Linux: include/uapi/linux/if_packet.h, if_ether.h, asm-generic/socket.h, fcntl.h and errno-base.h.
const [familyPacket, typeRaw, nonblocking] = [17, 3, 0o4000];
const etherTypeArp = 0x0806;
const [notPermitted, interrupted] = [1, 4];
const addressBytes = 20;
/** ARP is shorter by far; the rest of a longer frame is of no interest. */
const frameBytesMost = 128;
/** So many frames are read at a time: a flood must not keep the rest of the program waiting. */
const framesAtOnce = 64;

/** Frames of ARP on one network card, which Node has no socket for. Never blocks. Needs CAP_NET_RAW. */
export class PacketSocket {
  private readonly c = dlopen(null, {
    socket: { arguments: ['int32', 'int32', 'int32'], return: 'int32' },
    bind: { arguments: ['int32', 'buffer', 'uint32'], return: 'int32' },
    send: { arguments: ['int32', 'buffer', 'uint64', 'int32'], return: 'int64' },
    recv: { arguments: ['int32', 'buffer', 'uint64', 'int32'], return: 'int64' },
    close: { arguments: ['int32'], return: 'int32' },
    if_nametoindex: { arguments: ['string'], return: 'uint32' },
    __errno_location: { arguments: [], return: 'pointer' },
  });
  private readonly descriptor: number;
  private readonly frame = Buffer.alloc(frameBytesMost);

  /** `card`: its name, such as `eth0`. Throws `PacketSocketFailed`. */
  constructor(card: string) {
    const { functions } = this.c;
    const index = functions.if_nametoindex(card);
    if (index === 0) throw this.failed(`if_nametoindex(${card})`);
    this.descriptor = functions.socket(familyPacket, typeRaw | nonblocking, swapped(etherTypeArp));
    if (this.descriptor < 0) throw this.failed('socket');
    const address = Buffer.alloc(addressBytes);
    address.writeUInt16LE(familyPacket, 0);
    address.writeUInt16BE(etherTypeArp, 2);
    address.writeInt32LE(index, 4);
    if (functions.bind(this.descriptor, address, addressBytes) < 0) {
      const failure = this.failed('bind');
      this.close();
      throw failure;
    }
  }

  /** Undefined when it was sent; else why not. A card without a cable refuses, and that is no reason to end. */
  send(frame: Buffer): PacketSocketFailed | undefined {
    const sent = this.c.functions.send(this.descriptor, frame, BigInt(frame.length), 0);
    return sent < 0n ? this.failed('send') : undefined;
  }

  /** The frames that have come since the last call, the oldest first. */
  receive(): Buffer[] {
    const frames: Buffer[] = [];
    while (frames.length < framesAtOnce) {
      const length = this.c.functions.recv(this.descriptor, this.frame, BigInt(frameBytesMost), 0);
      if (length >= 0n) {
        frames.push(Buffer.from(this.frame.subarray(0, Number(length))));
        continue;
      }
      const errno = this.errno();
      // The card may go and come again; what is missing then is answers, and they are waited for elsewhere.
      if (errno !== interrupted) break;
    }
    return frames;
  }

  close(): void {
    this.c.functions.close(this.descriptor);
  }

  private failed(call: string): PacketSocketFailed {
    return new PacketSocketFailed(call, this.errno());
  }

  private errno(): number {
    return getInt32(this.c.functions.__errno_location());
  }
}

const swapped = (short: number): number => ((short & 0xff) << 8) | (short >> 8);
