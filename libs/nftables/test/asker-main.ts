import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, isIPv6, type Socket as TcpSocket } from 'node:net';
import { createInterface } from 'node:readline';
import { type Answer, type Question } from './question.ts';

// Asks as it is told on standard input, one JSON question a line, and writes one JSON answer a line.

type Flow = { say(patienceMs: number): Promise<string>; end(): void };

const flows = new Map<string, Flow>();

/** Each flow from a port of its own: by one used before, the kernel would take it for the flow that used it. */
let nextPort = 20_000;

const open = async ({ transport, from, to, port }: Question): Promise<Flow> => {
  if (transport === 'udp') {
    const socket = createSocket(isIPv6(to) ? 'udp6' : 'udp4').bind(nextPort++, from);
    await once(socket, 'listening');
    return { say: (patienceMs) => sayUdp(socket, to, port, patienceMs), end: () => socket.close() };
  }
  const socket = connect({ host: to, port, localAddress: from });
  socket.on('error', () => undefined); // an idle connection may be reset; it is told at its next question
  await heard(socket, 'connect', 5_000);
  return { say: (patienceMs) => sayTcp(socket, patienceMs), end: () => socket.end() };
};

const sayUdp = async (socket: UdpSocket, to: string, port: number, patienceMs: number): Promise<string> => {
  socket.send('who', port, to);
  return String(await heard(socket, 'message', patienceMs));
};

const sayTcp = async (socket: TcpSocket, patienceMs: number): Promise<string> => {
  if (socket.destroyed) throw socket.errored ?? new Error('closed');
  socket.write('who');
  return String(await heard(socket, 'data', patienceMs));
};

/** The first thing that an event brings. Rejects at an error, at the end and when it takes too long. */
const heard = async (socket: UdpSocket | TcpSocket, event: string, patienceMs: number): Promise<unknown> => {
  const enough = new AbortController();
  const timer = setTimeout(() => enough.abort(), patienceMs);
  const ended = once(socket, 'close', { signal: enough.signal }).then(() => Promise.reject(new Error('closed')));
  ended.catch(() => undefined);
  try {
    const [first] = (await Promise.race([once(socket, event, { signal: enough.signal }), ended])) as unknown[];
    return first;
  } catch (failure) {
    throw enough.signal.aborted ? new Error('silence', { cause: failure }) : failure;
  } finally {
    clearTimeout(timer);
    enough.abort();
  }
};

const ask = async (question: Question): Promise<string> => {
  const { flow: name, patienceMs } = question;
  const known = name === undefined ? undefined : flows.get(name);
  if (name !== undefined && question.isLast === true) {
    known?.end();
    flows.delete(name);
    return 'ended';
  }
  const flow = known ?? (await open(question));
  if (name !== undefined) flows.set(name, flow);
  try {
    return await flow.say(patienceMs);
  } finally {
    if (name === undefined) flow.end();
  }
};

const answerTo = async (question: Question): Promise<Answer> => {
  try {
    return { said: await ask(question) };
  } catch (failure) {
    const { code, message } = failure as NodeJS.ErrnoException;
    return { failed: code ?? message };
  }
};

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answerTo(JSON.parse(line) as Question)));
}
process.exit();
