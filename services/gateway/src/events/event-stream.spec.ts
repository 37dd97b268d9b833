import type { EventKind, Revision } from '@evenkeel/contracts';
import { ManualClock } from '@evenkeel/testing';
import { beforeEach, expect, it } from '@jest/globals';
import type { EventHub, Listener } from './event-hub.ts';
import { EventStream } from './event-stream.ts';
import type { Place } from './place.ts';

const place: Place = { revision: 7 as Revision, sequence: 3, incarnation: '1' };

/** A hub that says what the test says. */
class ScriptedHub implements Pick<EventHub, 'listen' | 'place'> {
  readonly listeners = new Set<Listener>();
  place = (): Place => place;
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
  tell(kind: EventKind, text: string): void {
    for (const { hear } of this.listeners) hear(kind, text);
  }
}

let clock: ManualClock;
let hub: ScriptedHub;
let stream: EventStream;
let heard: string[];
let reading: Promise<void>;
beforeEach(async () => {
  clock = new ManualClock();
  hub = new ScriptedHub();
  heard = [];
  stream = new EventStream({
    hub: hub as unknown as EventHub,
    sources: {} as never,
    kinds: new Set<EventKind>(['commit']),
    lastEventId: undefined,
    states: () => ({}),
    clock,
  });
  reading = (async () => {
    for await (const text of stream.text()) heard.push(text);
  })();
  await clock.advance(0);
  heard.length = 0;
});

it('sends at once what it is told, and nothing of other kinds', async () => {
  hub.tell('commit', 'a commit');
  hub.tell('report', 'a report');
  await clock.advance(0);
  expect(heard).toEqual(['a commit']);
});

it('gives a sign of life when nothing has happened for a while', async () => {
  await clock.advance(31_000);
  expect(heard).toEqual([': here\n\n', ': here\n\n']);
});

it('stops listening at once when its reader goes, and leaves no rest behind', async () => {
  stream.end();
  expect(hub.listeners.size).toBe(0);
  await clock.advance(0);
  await reading;
  expect(clock.resting).toBe(0);
});

it('tells a reader to start anew when what was said cannot be gone on from', async () => {
  hub.tell('commit', 'a commit');
  for (const { lose } of hub.listeners) lose();
  await clock.advance(0);
  expect(heard).toEqual(['event: resync\nid: 7-3-1\ndata: {"because":"too-slow"}\n\n']);
});
