import { expect, it } from '@jest/globals';
import { wordsOf } from './haproxy-words.ts';

it('keeps what is wrong, without numbers of processes', () => {
  const output = `[NOTICE]   (16084) : haproxy version is 2.6.12-1+deb12u4
[WARNING]  (16084) : config : something odd
[ALERT]    (16084) : config : parsing [haproxy.cfg:18] : balance only supports 'roundrobin'
[ALERT]    (16084) : config : Fatal errors found in configuration.
`;
  expect(wordsOf(output)).toBe(
    "config : parsing [haproxy.cfg:18] : balance only supports 'roundrobin'\nconfig : Fatal errors found in configuration.",
  );
});

it('keeps everything where nothing is an alert', () => {
  expect(wordsOf('/bin/sh: 1: exec: haproxy: not found\n')).toBe('/bin/sh: 1: exec: haproxy: not found');
});
