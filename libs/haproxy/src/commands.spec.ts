import { type Step } from '@evenkeel/data-plane';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { commandFor, isDone } from './commands.ts';

const at = { service: 'vs1', server: 'rs2' } as const;

it.each<[Step, string]>([
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
    }),
  );
});

it('takes an empty answer for done, and any other for a refusal', () => {
  const step: Step = { ...at, kind: 'set-weight', weight: 1 };
  expect([isDone(step, ''), isDone(step, 'No such server.')]).toEqual([true, false]);
});

it.each([
  ["IP changed from '127.0.0.1' to '127.0.0.9' by 'stats socket command'", true],
  ["no need to change the addr, port changed from '+0' to '5' by 'stats socket command'", true],
  ["no need to change the addr, can't change <port> to port map because it is incompatible", false],
  ['Invalid addr format for server', false],
])('knows that an address was taken from %j', (answer, done) => {
  expect(isDone({ ...at, kind: 'set-address', address: '127.0.0.9', port: undefined }, answer)).toBe(done);
});
