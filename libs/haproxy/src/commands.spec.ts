import { type Step } from '@evenkeel/data-plane';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { commandFor, cookieProbe, isDone, takesCookies } from './commands.ts';

const at = { service: 'vs1', server: 'rs2' } as const;

it.each<[Step, string]>([
  [
    { ...at, kind: 'add-server', words: ['10.0.0.1:104', 'id', 2, 'weight', 0, 'maxconn', 5, 'cookie', 'rs2'] },
    'add server vs1/rs2 10.0.0.1:104 id 2 weight 0 maxconn 5 cookie rs2 pool-max-conn -1 pool-purge-delay 5s',
  ],
  [{ ...at, kind: 'delete-server' }, 'del server vs1/rs2'],
  [{ ...at, kind: 'set-state', state: 'maint' }, 'set server vs1/rs2 state maint'],
  [{ ...at, kind: 'set-health', health: 'down' }, 'set server vs1/rs2 health down'],
  [{ ...at, kind: 'set-weight', weight: 256 }, 'set server vs1/rs2 weight 256'],
  [{ ...at, kind: 'set-address', address: '10.0.0.1', port: undefined }, 'set server vs1/rs2 addr 10.0.0.1'],
  [{ ...at, kind: 'set-address', address: '10.0.0.1', port: 104 }, 'set server vs1/rs2 addr 10.0.0.1 port 104'],
  [{ ...at, kind: 'set-max-connections', maxConnections: 0 }, 'set maxconn server vs1/rs2 0'],
  [{ ...at, kind: 'forget-clients', serverId: 2 }, 'clear table vs1 data.server_id eq 2'],
  [{ ...at, kind: 'close-connections' }, 'shutdown sessions server vs1/rs2'],
])('says %j in the words of HAProxy', (step, command) => {
  expect(commandFor(step)).toBe(command);
});

it('never says anything that is more than one command', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(';', '\n', ' ', '\u0000', '\\', '<<'), (text, trick) => {
      const step: Step = { kind: 'set-address', service: 'vs1', server: 'rs2', address: text + trick, port: undefined };
      expect(() => commandFor(step)).toThrow('not a word for HAProxy');
      expect(() => commandFor({ ...step, server: text + trick })).toThrow('not a word for HAProxy');
      expect(() => commandFor({ ...at, kind: 'add-server', words: [text + trick] })).toThrow('not a word for HAProxy');
    }),
  );
});

it('takes an empty answer for done, and any other for a refusal', () => {
  const step: Step = { ...at, kind: 'set-weight', weight: 1 };
  expect([isDone(step, ''), isDone(step, 'No such server.')]).toEqual([true, false]);
});

it.each([
  ['New server registered.', true],
  ['Ignoring cookie as HTTP mode is disabled.\nNew server registered.', true],
  ["'id' : custom id 13 already used at (null):0 ('server rs13').", false],
  ["'cookie' option is not accepted for dynamic server", false],
])('knows whether a server was added from %j', (answer, done) => {
  expect(isDone({ ...at, kind: 'add-server', words: [] }, answer)).toBe(done);
});

it('takes any answer to a deletion: whether the server is gone can be seen, and when not, it is tried again', () => {
  const answers = [
    'Server deleted.',
    'Server still has connections attached to it, cannot remove it.',
    'No such server.',
  ];
  expect(answers.map((answer) => isDone({ ...at, kind: 'delete-server' }, answer))).toEqual([true, true, true]);
});

it.each([
  ['2.6.12', "'cookie' option is not accepted for dynamic server", false],
  ['3.0.11', "unknown keyword 'evenkeel-probe'.", true],
  ['one that knows neither', 'Unknown command.', false],
])('knows whether servers are added with a cookie from the words of %s', (_, answer, takes) => {
  expect(cookieProbe('vs1')).toBe('add server vs1/probe 127.0.0.1 cookie probe evenkeel-probe');
  expect(takesCookies(answer)).toBe(takes);
});

it.each([
  ["IP changed from '127.0.0.1' to '127.0.0.9' by 'stats socket command'", true],
  ["no need to change the addr, port changed from '+0' to '5' by 'stats socket command'", true],
  ["no need to change the addr, can't change <port> to port map because it is incompatible", false],
  ['Invalid addr format for server', false],
])('knows that an address was taken from %j', (answer, done) => {
  expect(isDone({ ...at, kind: 'set-address', address: '127.0.0.9', port: undefined }, answer)).toBe(done);
});
