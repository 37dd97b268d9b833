import type { ClusterCommand, ClusterEvent, Revision } from '@evenkeel/contracts';
import { realServerId } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import {
  addServer,
  after,
  bringOnline,
  broughtOnline,
  clusterOf,
  dicomWithTwo,
  drain,
  drainStarted,
  endAbsence,
  endDrain,
  halt,
  haltedUntil,
  inMs,
  pacs,
  revert,
  revertingIn,
  rule,
  ruleIn,
  serverAdded,
  serviceAdded,
} from '../../test/told.ts';

const hour = 3_600_000;
const until = inMs(hour);
const away = haltedUntil(51, until);
const drainedUntil = { ...drainStarted(51), until } as ClusterEvent;
const wishing = (command: ClusterCommand, time: string): ClusterCommand =>
  ({ ...command, until: time }) as ClusterCommand;

describe('an absence with an end', () => {
  it.each([
    ['a drain', wishing(drain(51), until), drainedUntil],
    ['a halt', wishing(halt(51), until), away],
    [
      'the drain of a machine',
      { kind: 'DrainMachine', address: '192.168.85.200', clients: 'keep', until, force: false },
      drainedUntil,
    ],
    [
      'the halt of a machine',
      { kind: 'HaltMachine', address: '192.168.85.200', connections: 'close', until, force: false },
      away,
    ],
  ] as const)('can be %s', (_, command, event) =>
    rule
      .given(serviceAdded(1), serverAdded(51, 1, pacs(1)), serverAdded(52, 1, pacs(2)))
      .when(command)
      .then(event),
  );

  it('is ahead, and not longer than 30 days', () => {
    for (const time of [inMs(-1), inMs(0), inMs(30 * 24 * hour + 1)])
      for (const command of [drain(51), halt(51)])
        rule
          .given(...dicomWithTwo)
          .when(wishing(command, time))
          .refuses('until-unfit', { until: time, after: inMs(0), latest: inMs(30 * 24 * hour) });
  });

  it('is shown in the state, and is another wish than one without an end', () => {
    expect(clusterOf(...dicomWithTwo, drainedUntil).realServers.get(realServerId(51))?.intent).toEqual({
      intent: 'drain',
      clients: 'keep',
      until,
    });
    rule
      .given(...dicomWithTwo, away)
      .when(wishing(halt(51), until))
      .then();
    rule
      .given(...dicomWithTwo, away)
      .when(wishing(halt(51), inMs(2 * hour)))
      .then(haltedUntil(51, inMs(2 * hour)));
  });

  it('is what a new real server on the machine starts with', () =>
    rule
      .given(...dicomWithTwo, away, serviceAdded(2, { label: 'QUERY', ports: [105] }))
      .when(addServer(2, pacs(1)))
      .then(serverAdded(101, 2, pacs(1), 53), haltedUntil(101, until)));

  it('goes on when the deadline of a drain makes it a halt', () =>
    ruleIn(after(1_800_000))
      .given(...dicomWithTwo, { ...drainStarted(51, 'keep', inMs(1_800_000)), until } as ClusterEvent)
      .when(endDrain(51))
      .then(away));
});

describe('the end of an absence', () => {
  const over = ruleIn(after(hour));

  it.each([
    ['drained', drainedUntil],
    ['halted', away],
  ])('brings one that was %s online, whatever its check says', (_, event) =>
    over
      .given(...dicomWithTwo, event)
      .when(endAbsence(51))
      .then(broughtOnline(51)),
  );

  it('changes nothing before', () =>
    ruleIn(after(hour - 1))
      .given(...dicomWithTwo, away)
      .when(endAbsence(51))
      .then());

  it.each([
    ['was brought online', broughtOnline(51)],
    ['was given more time', haltedUntil(51, inMs(2 * hour))],
    ['is to stay away now', drainStarted(51)],
  ])('changes nothing where it %s', (_, event) =>
    over
      .given(...dicomWithTwo, away, event)
      .when(endAbsence(51))
      .then(),
  );

  it('needs a real server', () => over.given().when(endAbsence(51)).refuses('unknown-real-server'));

  it('does not come back by a revert when it is over', () => {
    const undone = { kind: 'CommitReverted', revision: 2 as Revision } as const;
    revertingIn([...dicomWithTwo, drainedUntil], [broughtOnline(51)], [], after(hour))
      .when(revert(2))
      .then(undone, drainStarted(51));
    revertingIn([...dicomWithTwo, drainedUntil], [broughtOnline(51)])
      .when(revert(2))
      .then(undone, drainedUntil);
  });

  it('is no news where the operator was first', () =>
    over
      .given(...dicomWithTwo, away)
      .when(bringOnline(51))
      .then(broughtOnline(51)));
});
