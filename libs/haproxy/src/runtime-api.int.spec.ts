import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { HaproxyUnreachable } from '@evenkeel/data-plane';
import { makeTempFolder, type TempFolder } from '@evenkeel/testing/lab';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { cookieProbe } from './commands.ts';
import { RuntimeApi } from './runtime-api.ts';

let folder: TempFolder;
let server: Server | undefined;
beforeEach(async () => {
  folder = await makeTempFolder('socket');
});
afterEach(async () => {
  server?.close();
  server = undefined;
  await folder.remove();
});

/** A socket that notes each line and answers as told. */
const socketThat = async (answer: (line: string) => string): Promise<{ api: RuntimeApi; lines: string[] }> => {
  const lines: string[] = [];
  const path = join(folder.path, 's');
  server = createServer({ allowHalfOpen: true }, (socket) => {
    let line = '';
    socket.setEncoding('utf8').on('data', (part: string) => (line += part));
    socket.once('end', () => {
      lines.push(line.trimEnd());
      socket.end(answer(line.trimEnd()));
    });
  }).listen(path);
  await once(server, 'listening');
  return { api: new RuntimeApi(path), lines };
};
const echo = (line: string): string =>
  line
    .split(';')
    .map((command) => `${command}\n\n`)
    .join('');

it('asks many things in one round trip', async () => {
  const { api, lines } = await socketThat(echo);
  expect(await api.ask(['one', 'two', 'three'])).toEqual(['one', 'two', 'three']);
  expect(lines).toEqual(['one;two;three']);
});

it('never sends a line that is longer than the buffer of HAProxy, and loses no answer over it', async () => {
  const { api, lines } = await socketThat(echo);
  const commands = Array.from({ length: 1_000 }, (_, index) => `set server vs${index}/rs${index} weight ${index}`);
  expect(await api.ask(commands)).toEqual(commands);
  expect(lines.length).toBeGreaterThan(3);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(8_001);
});

it('keeps answers apart where HAProxy does not end one with an empty line', async () => {
  const { api, lines } = await socketThat((line) => (line.startsWith('del server') ? 'Server deleted.\n' : echo(line)));
  const deletions = ['del server vs1/rs2', 'del server vs1/rs3'];
  expect(await api.ask(['one', ...deletions, 'two', 'three'])).toEqual([
    ...['one', 'Server deleted.', 'Server deleted.'],
    ...['two', 'three'],
  ]);
  expect(lines).toEqual(['one', ...deletions, 'two;three']);
  expect(await api.ask(['one', cookieProbe('vs1'), 'two'])).toEqual(['one', cookieProbe('vs1'), 'two']);
  expect(lines.slice(4)).toEqual(['one', cookieProbe('vs1'), 'two']);
});

it('takes an answer that breaks off for no answer', async () => {
  const { api } = await socketThat(() => 'one\n\ntw');
  await expect(api.ask(['one', 'two'])).rejects.toThrow(HaproxyUnreachable);
});

it('says what it asked when nobody is there', async () => {
  const api = new RuntimeApi(join(folder.path, 'nobody'));
  await expect(api.ask(['show info'])).rejects.toThrow('HAProxy did not answer "show info"');
});
