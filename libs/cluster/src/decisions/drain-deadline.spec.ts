import { realServerId } from '@evenkeel/testing';
import type { Revision } from '@evenkeel/contracts';
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
  endDrain,
  halted,
  inMs,
  pacs,
  revert,
  revertingIn,
  rule,
  ruleIn,
  serverAdded,
  serviceAdded,
  short,
  verdicts,
} from '../../test/told.ts';

const inHalfAnHour = inMs(1_800_000);
const half = drainStarted(51, 'keep', inHalfAnHour);

describe('a drain with a deadline', () => {
  it('says at what time it ends', () => {
    rule
      .given(...dicomWithTwo)
      .when(drain(51, false, 'keep', '30m'))
      .then(half);
    rule
      .given(...dicomWithTwo)
      .when(drain(51, false, 'forget', '1s'))
      .then(drainStarted(51, 'forget', inMs(1_000)));
  });

  it('of a machine ends everywhere at once', () =>
    rule
      .given(
        ...dicomWithTwo,
        serviceAdded(2, { label: 'QUERY', ports: [105] }),
        serverAdded(53, 2, pacs(1)),
        serverAdded(54, 2, pacs(2)),
      )
      .when({ kind: 'DrainMachine', address: '192.168.85.200', clients: 'keep', deadline: '30m', force: false })
      .then(half, drainStarted(53, 'keep', inHalfAnHour)));

  it('has the deadline that was said last, and none after one without', () => {
    ruleIn(after(60_000))
      .given(...dicomWithTwo, half)
      .when(drain(51, false, 'keep', '30m'))
      .then(drainStarted(51, 'keep', inMs(1_860_000)));
    rule
      .given(...dicomWithTwo, half)
      .when(drain(51))
      .then(drainStarted(51));
  });

  it('is what a new real server on the machine starts with', () =>
    rule
      .given(...dicomWithTwo, half, serviceAdded(2, { label: 'QUERY', ports: [105] }))
      .when(addServer(2, pacs(1)))
      .then(serverAdded(101, 2, pacs(1), 53), {
        ...half,
        realServerId: realServerId(101),
      } as typeof half));

  it('keeps in the state when it ends, and which commit ordered it', () => {
    const { intent, intentRevision } = clusterOf(...dicomWithTwo, half).realServers.get(realServerId(51)) ?? {};
    expect(intent).toEqual({ intent: 'drain', clients: 'keep', deadline: inHalfAnHour });
    expect(intentRevision).toBe(1);
  });
});

describe('the end of a drain', () => {
  const over = ruleIn(after(1_800_000));

  it('halts the real server at its deadline, and shuts what is left', () =>
    over
      .given(...dicomWithTwo, half)
      .when(endDrain(51))
      .then(halted(51, 'close')));

  it('changes nothing before', () =>
    ruleIn(after(1_799_999))
      .given(...dicomWithTwo, half)
      .when(endDrain(51))
      .then());

  it.each([
    ['was brought online', [half, broughtOnline(51)]],
    ['goes on without an end', [half, drainStarted(51)]],
    ['was given more time', [half, drainStarted(51, 'keep', inMs(3_600_000))]],
    ['was halted already, and its connections may finish', [half, halted(51, 'finish')]],
  ])('changes nothing where it %s', (_how, events) =>
    over
      .given(...dicomWithTwo, ...events)
      .when(endDrain(51))
      .then(),
  );

  it('is refused while nobody else is available: it may be the last that serves anybody', () => {
    const refusal = { services: [short(1, 'DICOM', 2)] };
    const down = { ...after(1_800_000), verdictOf: verdicts({ 52: 'down' }) };
    ruleIn(down)
      .given(...dicomWithTwo, half)
      .when(endDrain(51))
      .refuses('last-available-real-server', refusal);
    over
      .given(...dicomWithTwo, half, drainStarted(52))
      .when(endDrain(51))
      .refuses('last-available-real-server', refusal);
  });

  it('is held up by no watermark: who drains is not available anyhow', () =>
    over
      .given(serviceAdded(1, { availability: 100 }), serverAdded(51, 1), serverAdded(52, 1), half)
      .when(endDrain(51))
      .then(halted(51)));

  it('needs a real server', () => over.given().when(endDrain(51)).refuses('unknown-real-server'));
});

describe('a drain that comes back by a revert', () => {
  const undone = { kind: 'CommitReverted', revision: 2 as Revision } as const;

  it('has its deadline again while that is to come', () =>
    revertingIn([...dicomWithTwo, half], [broughtOnline(51)])
      .when(revert(2))
      .then(undone, half));

  it('has none when it is over: it would be ended at once', () => {
    revertingIn([...dicomWithTwo, half], [halted(51)], [], after(1_800_000))
      .when(revert(2))
      .then(undone, drainStarted(51));
    revertingIn([...dicomWithTwo, half], [halted(51)], [drainStarted(51)], after(1_800_000))
      .when(revert(2))
      .then();
  });

  it('can be taken back after its deadline', () =>
    revertingIn(dicomWithTwo, [half], [], after(1_800_000)).when(revert(2)).then(undone, broughtOnline(51)));

  it('is no news where the operator ends it first', () =>
    ruleIn(after(1_800_000))
      .given(...dicomWithTwo, half)
      .when(bringOnline(51))
      .then(broughtOnline(51)));
});
