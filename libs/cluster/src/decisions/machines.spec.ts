import type { ClusterCommand } from '@evenkeel/contracts';
import { realServerId } from '@evenkeel/testing';
import { describe, it } from '@jest/globals';
import {
  broughtOnline,
  drainStarted,
  halted,
  pacs,
  rule,
  ruleIn,
  serverAdded,
  serviceAdded,
  verdicts,
  short,
} from '../../test/told.ts';

// Machine .200 is in two services and both layers; .201 is in the first service only.
const address = '192.168.85.200';
const dicom = [serviceAdded(1), serverAdded(51, 1), serverAdded(52, 1)];
const names = [
  serviceAdded(2, { label: 'CHECK', layer: 4, mode: 'tcp-udp', ports: [137] }),
  serverAdded(53, 2, pacs(1)),
];
const namesToo = serverAdded(54, 2, pacs(2));

const drainMachine = (force = false): ClusterCommand => ({ kind: 'DrainMachine', address, clients: 'keep', force });
const haltMachine = (force = false): ClusterCommand => ({ kind: 'HaltMachine', address, connections: 'close', force });
const onlineMachine = (whenUp = false): ClusterCommand => ({ kind: 'BringMachineOnline', address, whenUp });

describe.each([
  { name: 'draining', wish: drainMachine, done: drainStarted },
  { name: 'halting', wish: haltMachine, done: halted },
])('$name a machine', ({ wish, done }) => {
  it('reaches every service and both layers in one commit', () =>
    rule
      .given(...dicom, ...names, namesToo)
      .when(wish())
      .then(done(51), done(53)));

  it('leaves alone what has the intent already', () => {
    rule
      .given(...dicom, ...names, namesToo, done(51))
      .when(wish())
      .then(done(53));
    rule
      .given(...dicom, ...names, namesToo, done(51), done(53))
      .when(wish())
      .then();
  });

  it('does nothing at all when one service would be left with nobody, and names that service', () =>
    rule
      .given(...dicom, ...names)
      .when(wish())
      .refuses('last-available-real-server', {
        services: [short(2, 'CHECK', 1)],
      }));

  it('names every service that would be left with nobody', () =>
    ruleIn({ verdictOf: verdicts({ 52: 'down' }) })
      .given(...dicom, ...names)
      .when(wish())
      .refuses('last-available-real-server', {
        services: [short(1, 'DICOM', 2), short(2, 'CHECK', 1)],
      }));

  it('counts two real servers of one service on the machine as leaving together', () =>
    rule
      .given(serviceAdded(1), serverAdded(51, 1), serverAdded(52, 1, pacs(1, { label: 'SECOND', port: 11_112 })))
      .when(wish())
      .refuses('last-available-real-server'));

  it('passes by force with a reason, and asks for the reason', () => {
    rule
      .given(...dicom, ...names)
      .when(wish(true))
      .refuses('reason-required');
    ruleIn({ hasReason: true })
      .given(...dicom, ...names)
      .when(wish(true))
      .then(done(51), done(53));
  });

  it('refuses an address without a real server and offers the nearest ones', () => {
    const far = serverAdded(52, 1, pacs(2, { address: '10.0.0.1' }));
    const near = serverAdded(51, 1, pacs(1, { address: '192.168.85.20' }));
    rule
      .given(serviceAdded(1), far, near)
      .when(wish())
      .refuses('unknown-machine', { address, near: ['192.168.85.20', '10.0.0.1'] });
  });
});

describe('bringing a machine online', () => {
  it('ends every drain and halt on it, however they came', () =>
    rule
      .given(...dicom, ...names, drainStarted(51), halted(53), drainStarted(52))
      .when(onlineMachine())
      .then(broughtOnline(51), broughtOnline(53)));

  it('waits for all that would return, and names those that are not up', () => {
    const given = [...dicom, ...names, halted(51), halted(53)];
    ruleIn({ verdictOf: verdicts({ 51: 'up', 53: 'down' }) })
      .given(...given)
      .when(onlineMachine(true))
      .refuses('not-up', { realServers: [{ realServerId: realServerId(53), verdict: 'down' }] });
    ruleIn({ verdictOf: verdicts({ 51: 'up', 53: 'up' }) })
      .given(...given)
      .when(onlineMachine(true))
      .then(broughtOnline(51), broughtOnline(53));
  });

  it('does not wait for one that is online already', () =>
    ruleIn({ verdictOf: verdicts({ 51: 'down', 53: 'up' }) })
      .given(...dicom, ...names, halted(53))
      .when(onlineMachine(true))
      .then(broughtOnline(53)));

  it('refuses an address without a real server', () =>
    rule.given(serviceAdded(1)).when(onlineMachine()).refuses('unknown-machine', { near: [] }));
});
