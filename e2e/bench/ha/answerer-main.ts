// Answers every datagram at an address, whether or not this node holds it: answerer-main.ts <address> <port> <name>
import { createSocket } from 'node:dgram';
import { scheduleFirst } from '@evenkeel/ha';

scheduleFirst(20); // the kernel is measured, not this program
const [address = '', port = '', name = ''] = process.argv.slice(2);
const socket = createSocket('udp4');
socket.on('error', () => undefined); // a cut network; the next question is answered again
socket.on('message', (_, from) => socket.send(name, from.port, from.address, () => undefined));
socket.bind(Number(port), address, () => console.log('ready'));
