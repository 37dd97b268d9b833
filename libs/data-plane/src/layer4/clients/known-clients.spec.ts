import type { ClientTies, Revision } from '@evenkeel/contracts';
import { ManualClock } from '@evenkeel/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  but,
  drainForgetting,
  drainKeeping,
  haltFinishing,
  infinittCheck,
  pictureOf,
  type ServerTale,
  threePacs,
} from '../../../test/layer4/picture-of.ts';
import type { RememberedClient } from '../running.ts';
import { wantedLayer4 } from '../wanted.ts';
import { KnownClients, knownMax } from './known-clients.ts';

const served = (changes: Record<number, Partial<ServerTale>> = {}) =>
  wantedLayer4(pictureOf(infinittCheck({ servers: but(threePacs, changes) })), 'ip').services;
const client = (last: number, expiresSeconds = 200): RememberedClient => ({
  address: `192.168.85.${last}`,
  timeoutSeconds: 300,
  expiresSeconds,
});
const revision = (number: number) => number as Revision;

let clock: ManualClock;
let known: KnownClients;
beforeEach(() => {
  clock = new ManualClock();
  known = new KnownClients(clock);
  known.serve(served(), revision(7));
});

const see = (server: number, ...clients: RememberedClient[]): void =>
  known.saw(known.watched, new Map([[server, clients]]));
const recalled = (server: number) => known.recall([server]).get(server) ?? [];

describe('what is known of clients', () => {
  it('is what the kernel had at the last look, with the time that is left', async () => {
    see(2, client(10), client(11, 30));
    await clock.advance(20_500);
    expect(recalled(2)).toEqual([client(10, 179), client(11, 9)]);
    await clock.advance(9_000);
    expect(recalled(2)).toEqual([client(10, 170)]);
    see(2, client(12));
    expect(recalled(2)).toEqual([client(12)]);
  });

  it('stays while the kernel has no such set: that is the day for which it is kept', () => {
    see(2, client(10));
    known.saw(known.watched, new Map([[3, [client(11)]]]));
    expect(recalled(2)).toEqual([client(10)]);
  });

  it.each<[string, 'stays' | 'goes', Partial<ServerTale>]>([
    ['drained, keeping its clients', 'stays', { intent: drainKeeping }],
    ['given another weight', 'stays', { weight: 1 }],
    ['drained, forgetting its clients', 'goes', { intent: drainForgetting }],
    ['halted', 'goes', { intent: haltFinishing }],
    ['down', 'goes', { verdict: 'down' }],
  ])('of a real server that is %s %s', (_, fate, tale) => {
    see(2, client(10));
    known.serve(served({ 2: tale }), revision(8));
    known.serve(served(), revision(9));
    expect(recalled(2)).toEqual(fate === 'stays' ? [client(10)] : []);
  });

  it('is nothing of a real server that is gone', () => {
    see(2, client(10));
    known.serve(wantedLayer4(pictureOf(infinittCheck({ servers: threePacs.slice(1) })), 'ip').services, revision(8));
    expect(known.record().servers).toEqual([]);
  });

  it('is not brought back by a look that began before the clients were to be forgotten', () => {
    const before = known.watched;
    known.serve(served({ 2: { intent: drainForgetting } }), revision(8));
    known.saw(before, new Map([[2, [client(10)]]]));
    known.serve(served(), revision(9));
    known.saw(before, new Map([[2, [client(10)]]]));
    expect(recalled(2)).toEqual([]);
  });

  it('has an end: more clients than that are left to the kernel', () => {
    const many = Array.from({ length: knownMax + 10 }, (_, index) => ({
      ...client(0),
      address: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
    }));
    see(3, client(10));
    see(2, ...many);
    expect(recalled(2)).toHaveLength(knownMax - 1);
    expect(recalled(3)).toHaveLength(1);
  });

  it('says when there is news for the disk, and passing time is none', async () => {
    see(2, client(10));
    const { version } = known;
    await clock.advance(10_000);
    see(2, client(10, 189));
    expect(known.version).toBe(version);
    see(2, client(10, 300));
    expect(known.version).toBe(version + 1);
    see(2, client(10, 300), client(11));
    expect(known.version).toBe(version + 2);
  });
});

describe('what was written down', () => {
  const saved = (...servers: ClientTies['servers']): ClientTies => ({ revision: revision(7), servers });
  const begin = (ties: ClientTies, changes: Record<number, Partial<ServerTale>> = {}): void => {
    known = new KnownClients(clock, ties);
    known.serve(served(changes), revision(9));
  };

  it('is known again, for no longer than the service remembers now', () => {
    begin(
      saved({
        server: 2,
        clients: [
          ['192.168.85.10', 100],
          ['192.168.85.11', 86_400],
        ],
      }),
    );
    expect(recalled(2)).toEqual([client(10, 100), client(11, 300)]);
  });

  it.each<['counts' | 'does not count', string, Partial<ServerTale>]>([
    ['counts', 'still online', {}],
    ['counts', 'drained since, keeping its clients', { intent: drainKeeping, intentRevision: revision(8) }],
    ['does not count', 'drained since, forgetting them', { intent: drainForgetting, intentRevision: revision(8) }],
    ['does not count', 'online again since: it may have forgotten before', { intentRevision: revision(8) }],
    ['counts', 'online since before', { intentRevision: revision(7) }],
    ['does not count', 'down', { verdict: 'down' }],
  ])('%s for a real server that is %s', (fate, _, tale) => {
    begin(saved({ server: 2, clients: [['192.168.85.10', 100]] }), { 2: tale });
    expect(recalled(2)).toEqual(fate === 'counts' ? [client(10, 100)] : []);
  });

  it('counts for no real server that is gone', () => {
    begin(saved({ server: 77, clients: [['192.168.85.10', 100]] }));
    expect(known.record()).toEqual({ revision: 9, servers: [] });
  });

  it('gives what is written down', () => {
    see(2, client(10, 100));
    const written = known.record();
    expect(written).toEqual(saved({ server: 2, clients: [['192.168.85.10', 100]] }));
    begin(written);
    expect(known.record().servers).toEqual(written.servers);
  });
});
