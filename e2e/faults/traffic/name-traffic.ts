import { namesIn, nodeStatusRequest } from '@evenkeel/probes/protocols';
import { createSocket } from 'node:dgram';
import { datagramPatienceMs } from './patience.ts';
import type { Tally } from './tally.ts';

type To = { readonly host: string; readonly port: number };

/** One datagram from a new port, so a flow of its own, and its answer or none in time. */
export const askForNames = ({ host, port }: To, localAddress: string, tally: Tally): void => {
  const socket = createSocket('udp4');
  let isOver = false;
  const over = (note: () => void): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(patience);
    socket.close();
    note();
  };
  const patience = setTimeout(() => over(() => tally.lost('no answer to the datagram')), datagramPatienceMs);
  socket.on('message', (packet) => {
    if (namesIn(packet, transactionId) !== undefined) over(() => tally.answered());
  });
  socket.on('error', (failure: NodeJS.ErrnoException) => over(() => tally.lost(failure.code ?? failure.message)));
  socket.bind({ address: localAddress }, () => socket.send(nodeStatusRequest(transactionId), port, host));
};

/** Of no matter here: each question has a socket of its own. */
const transactionId = 1;
