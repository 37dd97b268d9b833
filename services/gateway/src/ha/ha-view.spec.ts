import type { HaStatus } from '@evenkeel/contracts';
import { anActiveHaStatus, anHaStatus, ManualClock } from '@evenkeel/testing';
import { beforeEach, expect, it } from '@jest/globals';
import { HaView } from './ha-view.ts';

let clock: ManualClock;
let view: HaView;
let say: (status: HaStatus) => void;
let asked = 0;
beforeEach(() => {
  clock = new ManualClock();
  asked = 0;
  const channel = {
    onStatus: (take: typeof say) => {
      say = take;
      return () => undefined;
    },
    askForStatus: () => (asked += 1),
  };
  view = new HaView(channel, clock);
  view.start();
});

const nodes = () => view.picture().groups.flatMap((group) => group.nodes);

it('asks every node at the start, and tells how old each report is', async () => {
  expect(asked).toBe(1);
  say(anActiveHaStatus());
  await clock.advance(1_000);
  say(anHaStatus());
  await clock.advance(2_500);
  expect(nodes()).toMatchObject([
    { node: 'lb-a', state: 'silent', ageMs: 3_500 },
    { node: 'lb-b', state: 'live', ageMs: 2_500 },
  ]);
});

it('does not go back to what was said earlier', () => {
  say(anHaStatus({ boot: 2, sequence: 5, epoch: 9 }));
  say(anHaStatus({ boot: 2, sequence: 4, epoch: 8 }));
  say(anHaStatus({ boot: 1, sequence: 90, epoch: 7 }));
  expect(nodes()).toMatchObject([{ boot: 2, sequence: 5, epoch: 9 }]);
  say(anHaStatus({ boot: 3, sequence: 1, epoch: 9 }));
  expect(nodes()).toMatchObject([{ boot: 3, sequence: 1 }]);
});

it.each([
  ['a smaller count', { boot: 7, sequence: 5 }],
  ['the same count', { boot: 1, sequence: 90_000 }],
])(
  'believes a node that has lost its count of starts, at %s, when the earlier one has been silent',
  async (_, before) => {
    say(anHaStatus(before));
    await clock.advance(9_999);
    say(anHaStatus({ boot: 1, sequence: 1 }));
    expect(nodes()).toMatchObject([before]);
    await clock.advance(1);
    say(anHaStatus({ boot: 1, sequence: 1 }));
    expect(nodes()).toMatchObject([{ boot: 1, sequence: 1 }]);
  },
);

it('forgets a node a week after it was heard last', async () => {
  say(anHaStatus());
  await clock.advance(7 * 86_400_000 - 1);
  expect(nodes()).toHaveLength(1);
  await clock.advance(1);
  expect(nodes()).toHaveLength(0);
});
