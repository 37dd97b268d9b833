import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as rest } from 'node:timers/promises';
import { workerSocket } from '../../support/ask-haproxy.ts';

/** Between two questions: HAProxy, its node and everybody else share the processors. */
const pauseMs = 2;
const withinMs = 20_000;
/** Source: management guide of HAProxy 2.6, section 9.3, `prompt`. */
const prompt = '\n> ';

/** One connection to a HAProxy that stays open, so that asking costs little. */
export class HaproxyConsole {
  private heard = '';

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('utf8').on('data', (text: string) => (this.heard += text));
  }

  static async open(folder: string): Promise<HaproxyConsole> {
    const socket = connect(await workerSocket(folder));
    await once(socket, 'connect');
    const console = new HaproxyConsole(socket);
    socket.write('prompt; set timeout cli 1h\n');
    await console.answer();
    return console;
  }

  /** When the server at `address` was first seen to get no traffic, milliseconds since 1970. */
  async whenOut(address: string): Promise<number> {
    for (const deadline = Date.now() + withinMs; Date.now() < deadline; await rest(pauseMs)) {
      this.socket.write('show servers state\n');
      // be_id be_name srv_id srv_name srv_addr srv_op_state: 0 is stopped. Source: the same, `show servers state`.
      const row = (await this.answer()).split('\n').find((line) => line.split(' ')[4] === address);
      if (row?.split(' ')[5] === '0') return Date.now();
    }
    throw new Error(`${address} is not out within ${withinMs} ms`);
  }

  close(): void {
    this.socket.destroy();
  }

  private async answer(): Promise<string> {
    while (!this.heard.endsWith(prompt)) await once(this.socket, 'data');
    const answer = this.heard;
    this.heard = '';
    return answer;
  }
}
