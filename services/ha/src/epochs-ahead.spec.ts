import { beforeEach, expect, it } from '@jest/globals';
import { EpochsAhead } from './epochs-ahead.ts';

let written: number[];
let epochs: EpochsAhead;
beforeEach(() => {
  written = [];
  epochs = new EpochsAhead({ epoch: 100, store: (epoch) => void written.push(epoch) });
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
  epochs.refill(108);
  expect(written).toEqual([]);
  epochs.refill(109);
  epochs.refill(109);
  expect(written).toEqual([125]);
});
