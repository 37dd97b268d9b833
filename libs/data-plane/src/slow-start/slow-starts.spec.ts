import { type Cluster, fromSnapshot } from '@evenkeel/cluster';
import type { RealServerId, VerdictState } from '@evenkeel/contracts';
import { aRealServer, aSnapshot, aVirtualService, realServerId, someTime } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import { SlowStarts } from './slow-starts.ts';
import type { Warming } from './warming.ts';

const startMs = Date.parse(someTime);
const at = (second: number): string => new Date(startMs + 1_000 * second).toISOString();
const clusterWith = (slowStart: string | null): Cluster =>
  fromSnapshot(
    aSnapshot(
      [aVirtualService({ number: 1, spec: slowStart === null ? {} : { slowStart } })],
      [aRealServer({ number: 2 }), aRealServer({ number: 3 })],
    ),
  );

/** One node: real server 3 of two came back in second 100, while nothing else is said. */
class Node {
  readonly cluster: Cluster;
  readonly slowStarts = new SlowStarts();
  private states: ReadonlyMap<RealServerId, VerdictState> = new Map();
  private readonly back = new Map<RealServerId, string>([[realServerId(3), at(100)]]);

  constructor(slowStart: string | null = '30s') {
    this.cluster = clusterWith(slowStart);
  }

  say(number: number, state: VerdictState, back?: number): void {
    this.states = new Map([...this.states, [realServerId(number), state]]);
    this.back.delete(realServerId(number));
    if (back !== undefined) this.back.set(realServerId(number), at(back));
  }

  warming(second: number, cluster = this.cluster): Warming {
    return this.slowStarts.at(cluster, this.states, (id) => this.back.get(id), startMs + 1_000 * second);
  }

  percentOf(number: number, second: number): number {
    return this.warming(second).get(realServerId(number)) ?? 100;
  }
}

describe('a real server that has come back', () => {
  it('gets its weight in steps, and the map is the same one between two of them', () => {
    const node = new Node();
    expect([100, 103, 106, 112, 129, 130, 200].map((second) => node.percentOf(3, second))).toEqual([
      ...[10, 10, 20, 40, 90, 100, 100],
    ]);
    expect(node.warming(200)).toBe(node.warming(201));
    const other = new Node();
    expect(other.warming(100)).toBe(other.warming(102));
  });

  it('has all of it at once in a service that does not ask for it', () => {
    expect(new Node(null).percentOf(3, 101)).toBe(100);
  });

  it('begins anew when it goes down again and comes back', () => {
    const node = new Node();
    expect(node.percentOf(3, 115)).toBe(50);
    node.say(3, 'down');
    expect(node.percentOf(3, 116)).toBe(100); // nobody is sent there anyway
    node.say(3, 'up', 120);
    expect(node.percentOf(3, 121)).toBe(10);
  });

  it('is spared no more when the other one has gone', () => {
    const node = new Node();
    expect(node.percentOf(3, 110)).toBe(30);
    node.say(2, 'down');
    expect(node.percentOf(3, 111)).toBe(100);
  });

  it('goes by the book as it is now', () => {
    const node = new Node();
    expect(node.percentOf(3, 103)).toBe(10);
    expect(node.warming(103, clusterWith('10s')).get(realServerId(3))).toBe(30);
    expect(node.warming(103, clusterWith(null)).size).toBe(0);
  });
});

describe('clocks that differ', () => {
  it('cost a node that is behind no more than the time of the service, from when it has heard', () => {
    const node = new Node();
    expect([40, 46, 69, 70].map((second) => node.percentOf(3, second))).toEqual([10, 20, 90, 100]);
  });

  it('also when something else is said meanwhile', () => {
    const node = new Node();
    node.warming(40);
    node.say(2, 'up');
    expect([55, 70, 100].map((second) => node.percentOf(3, second))).toEqual([50, 100, 100]);
  });

  it('spare nobody twice, whatever is said before the time has come', () => {
    const node = new Node();
    node.warming(40);
    for (const second of [71, 72, 90, 101, 140]) {
      node.say(2, 'up');
      expect(node.percentOf(3, second)).toBe(100);
    }
  });

  it('and step back cost no more than the time of the service, either', () => {
    const node = new Node();
    expect([3_600, 10, 25, 40].map((second) => node.percentOf(3, second))).toEqual([100, 100, 100, 100]);
    node.say(3, 'up', 3_700);
    expect([3_700, 10, 25, 40].map((second) => node.percentOf(3, second))).toEqual([10, 10, 50, 100]);
  });
});
