export { type ArpFrame, broadcastMac, decodeArp, encodeArp, noMac } from './arp-frame.ts';
export { NetworkCard } from './card.ts';
export { PacketSocket, PacketSocketFailed } from './packet-socket.ts';
export { Segment, type Sighting } from './segment.ts';
