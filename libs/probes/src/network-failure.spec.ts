import { expect, it } from '@jest/globals';
import { networkFailure } from './network-failure.ts';

it.each([
  ['ECONNREFUSED', 'failed', 'connect-refused'],
  ['ETIMEDOUT', 'failed', 'connect-timeout'],
  ['EHOSTUNREACH', 'failed', 'host-unreachable'],
  ['ENETUNREACH', 'failed', 'host-unreachable'],
  ['ECONNRESET', 'failed', 'connection-closed'],
  ['EMFILE', 'not-asked', 'checker-failed'],
  ['EADDRNOTAVAIL', 'not-asked', 'checker-failed'],
  ['EACCES', 'not-asked', 'checker-failed'],
])('%s means %s (%s)', (code, outcome, reason) => {
  const error = Object.assign(new Error(`connect ${code} pacs:104`), { code });
  expect(networkFailure(error, 'pacs:104')).toMatchObject({ outcome, reason });
});
