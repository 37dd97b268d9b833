import { expect, it } from '@jest/globals';
import { readColumns } from './read-columns.ts';

const states = '1\n# be_id be_name srv_id srv_name srv_new\n1 vs1 2 rs2 x\n1 vs1 3 rs3 y\n';

it('reads columns by name, whatever stands around them', () => {
  expect(readColumns(states, ' ', ['srv_name', 'be_id'])).toEqual([
    ['rs2', '1'],
    ['rs3', '1'],
  ]);
});

it('reads CSV up to the last column asked for', () => {
  expect(readColumns('# pxname,svname,desc,\nvs1,rs2,"a, b",\n', ',', ['svname'])).toEqual([['rs2']]);
});

it('finds nothing in a refusal', () => {
  expect(readColumns("Can't find backend.", ' ', ['srv_name'])).toEqual([]);
});
