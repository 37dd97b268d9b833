import { type NodeMember, NodeName } from '@evenkeel/contracts';
import { expect, it } from '@jest/globals';
import { GatheredPeers } from './gathered-peers.ts';
import { departedAfterMs, departedOf, type Members, noMembers, peersOf, withMember, withoutMember } from './members.ts';

const member = (name: string, fields: Partial<NodeMember> = {}): NodeMember => ({
  node: NodeName.parse(name),
  address: '10.0.0.1',
  port: 7_778,
  aliveAt: '2026-11-22T03:00:00.000Z',
  ...fields,
});
const membersOf = (...members: NodeMember[]): Members => members.reduce(withMember, noMembers);
const peers = (...names: string[]) => peersOf(membersOf(...names.map((name) => member(name))));
const namesIn = (known: readonly { name: string }[]) => known.map(({ name }) => name);

it('is the same list whoever came first', () => {
  expect(peers('lb-b', 'lb-a', 'lb-c')).toEqual(peers('lb-c', 'lb-a', 'lb-b'));
});

it('keeps whoever is silent, and loses whoever is forgotten', () => {
  const known = withoutMember(membersOf(member('lb-a'), member('lb-b')), NodeName.parse('lb-b'));
  expect(namesIn(peersOf(known))).toEqual(['lb-a']);
  expect(withoutMember(known, NodeName.parse('lb-z'))).toBe(known);
});

it('takes a node for departed only after a very long silence', () => {
  const known = membersOf(member('lb-a'), member('lb-b', { aliveAt: '2026-11-22T04:00:00.000Z' }));
  const lastWordMs = Date.parse('2026-11-22T03:00:00.000Z');
  expect(departedOf(known, lastWordMs + departedAfterMs)).toEqual([]);
  expect(departedOf(known, lastWordMs + departedAfterMs + 1)).toEqual(['lb-a']);
});

it('gathers nodes that come together into one change', () => {
  const gathered = new GatheredPeers(peers('lb-a'));
  expect(gathered.look(peers('lb-a', 'lb-b'), 0)).toBe(false);
  expect(gathered.look(peers('lb-a', 'lb-b', 'lb-c'), 1_500)).toBe(false);
  expect(gathered.look(peers('lb-a', 'lb-b', 'lb-c'), 3_000)).toBe(false);
  expect(gathered.look(peers('lb-a', 'lb-b', 'lb-c'), 3_500)).toBe(true);
  expect(namesIn(gathered.peers)).toEqual(['lb-a', 'lb-b', 'lb-c']);
});

it('does not wait for ever for a membership that never rests', () => {
  const gathered = new GatheredPeers(peers('lb-a'));
  const taken = Array.from({ length: 11 }, (_, second) => gathered.look(peers('lb-a', `lb-${second}`), second * 1_000));
  expect(taken).toEqual([...Array.from({ length: 10 }, () => false), true]);
});

it('changes nothing for a node that comes and goes at once, nor for a new sign of life', () => {
  const gathered = new GatheredPeers(peers('lb-a'));
  const before = gathered.peers;
  gathered.look(peers('lb-a', 'lb-b'), 0);
  expect(gathered.look(peers('lb-a'), 1_000)).toBe(false);
  const repeated = peersOf(membersOf(member('lb-a', { aliveAt: '2026-11-23T03:00:00.000Z' })));
  expect(gathered.look(repeated, 60_000)).toBe(false);
  expect(gathered.peers).toBe(before);
});

it('a node that has moved is a change', () => {
  const gathered = new GatheredPeers(peers('lb-a', 'lb-b'));
  const moved = peersOf(membersOf(member('lb-a'), member('lb-b', { port: 7_779 })));
  gathered.look(moved, 0);
  expect(gathered.look(moved, 2_000)).toBe(true);
  expect(gathered.peers).toBe(moved);
});
