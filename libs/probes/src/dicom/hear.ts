import type { Socket } from 'node:net';
import { type Listen, nobodyListens } from '../transcript.ts';
import { headerIn, type Heard, heardIn, isDicom, pduHeaderBytes, pduMaxBytes, unitName } from './upper-layer.ts';

/** Hears one thing after the other that a DICOM peer says; `closed` also when the signal has destroyed the socket. */
export type Ear = () => Promise<Heard | { readonly kind: 'closed' }>;

export const earOn = (socket: Socket, listen: Listen = nobodyListens): Ear => {
  const take = takerFrom(socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>);
  return async () => {
    const header = await take(pduHeaderBytes);
    if (header === undefined) return { kind: 'closed' };
    const { type, length } = headerIn(header);
    if (!isDicom(type)) {
      listen('server', unitName(type));
      return heardIn(type, header); // a web server, perhaps: its length means nothing
    }
    if (length > pduMaxBytes) {
      listen('server', `${unitName(type)}, too long to be read`, { length });
      return { kind: 'malformed', why: `a message of ${length} bytes, ${pduMaxBytes} at most` };
    }
    const body = await take(length);
    if (body === undefined) return { kind: 'closed' };
    const heard = heardIn(type, body);
    // What is not understood may hold anything.
    const shown =
      heard.kind === 'malformed' ? { length: length + pduHeaderBytes } : { frame: Buffer.concat([header, body]) };
    listen('server', unitName(type), shown);
    return heard;
  };
};

/** Takes exactly so many bytes from a stream of pieces; undefined when it ends before. */
const takerFrom = (pieces: AsyncIterator<Buffer>) => {
  let held: Buffer[] = [];
  let heldBytes = 0;
  return async (count: number): Promise<Buffer | undefined> => {
    while (heldBytes < count) {
      const piece = await pieces.next().catch(() => undefined); // an error ends a connection as an end does
      if (piece === undefined || piece.done === true) return undefined;
      held.push(piece.value);
      heldBytes += piece.value.length;
    }
    const all = Buffer.concat(held);
    held = [all.subarray(count)];
    heldBytes -= count;
    return all.subarray(0, count);
  };
};
