import { expect, it } from '@jest/globals';
import { rejectionFinding } from './rejection.ts';

const titles = { callingAe: 'EVENKEEL', calledAe: 'INFINITT' };

// PS3.8, table 9-21.
it.each([
  [1, 1, 1, 'alive-but-refused', 'it gives no reason'],
  [1, 1, 2, 'alive-but-refused', 'it speaks another version of the protocol'],
  [1, 1, 3, 'alive-but-refused', 'it does not accept the calling AE title "EVENKEEL"'],
  [1, 1, 7, 'alive-but-refused', 'it does not answer to the called AE title "INFINITT"'],
  [1, 2, 2, 'alive-but-refused', 'it speaks another version of the protocol'],
  [2, 1, 1, 'failed', 'it gives no reason'],
  [2, 3, 1, 'failed', 'it is congested'],
  [1, 3, 2, 'failed', 'it has reached its limit of associations'],
  [9, 9, 9, 'alive-but-refused', 'it gives no reason'],
])('result %i, source %i, reason %i is %s: %s', (result, source, reason, outcome, words) => {
  expect(rejectionFinding({ result, source, reason }, titles, 'pacs:104')).toEqual({
    outcome,
    reason: 'dicom-rejected',
    detail: `pacs:104 rejected the association: ${words} (result ${result}, source ${source}, reason ${reason})`,
  });
});
