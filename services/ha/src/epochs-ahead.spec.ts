import { beforeEach, expect, it } from '@jest/globals';
import { EpochsAhead } from './epochs-ahead.ts';

let written: number[];
let isFull: boolean;
let failures: unknown[];
let epochs: EpochsAhead;
beforeEach(() => {
  written = [];
  isFull = false;
  failures = [];
  const store = (epoch: number): void => {
    if (isFull) throw new Error('no space left');
    written.push(epoch);
  };
  const onFailure = (failure: unknown) => failures.push(failure);
  epochs = new EpochsAhead({ memory: { epoch: 100, store }, quietMs: 1_000, onFailure });
  written = [];
});

it('writes at the start, so that the next take-overs find their epochs on disk', () => {
  epochs.use(101);
  epochs.use(116);
  expect(written).toEqual([]);
});

it('writes an epoch that is beyond what is there', () => {
  epochs.use(117);
  expect(written).toEqual([133]);
  epochs.use(133);
  expect(written).toEqual([133]);
});

it('puts more there when half of them are used, and not before', () => {
  epochs.refill(108, 0);
  expect(written).toEqual([]);
  epochs.refill(109, 0);
  epochs.refill(109, 0);
  expect(written).toEqual([125]);
});

it('does not count on what a full disk has refused', () => {
  isFull = true;
  expect(() => epochs.use(117)).toThrow('no space left');
  epochs.use(116); // that one is there
  isFull = false;
  epochs.use(117);
  expect(written).toEqual([133]);
});

it('goes on when the disk is full, says so, and tries again later', () => {
  isFull = true;
  epochs.refill(110, 0);
  epochs.refill(110, 9_999);
  expect(failures).toHaveLength(1);
  isFull = false;
  epochs.refill(110, 10_000);
  expect(written).toEqual([126]);
});

it('writes nothing that can wait just after this node has let go', () => {
  epochs.letGo(500);
  epochs.refill(110, 1_499);
  expect(written).toEqual([]);
  epochs.refill(110, 1_500);
  expect(written).toEqual([126]);
});
