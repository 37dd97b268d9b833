import { expect, it } from '@jest/globals';
import { bindRequest, boundIn } from './bind.ts';

it('a bind without a name is the 14 bytes of RFC 4511', () =>
  expect(bindRequest().toString('hex')).toBe('300c020101600702010304008000'));

it('a bind with a name carries both, as UTF-8', () =>
  expect(bindRequest({ username: 'cn=é', password: 'pass' }).toString('hex')).toBe(
    `3015020101601002010304 05${Buffer.from('cn=é').toString('hex')} 8004${Buffer.from('pass').toString('hex')}`.replaceAll(
      ' ',
      '',
    ),
  ));

/** The same form is read and written: a request with the tag of an answer can be taken apart. */
it.each([1, 127, 128, 255, 256, 1_536])('lengths are written for a password of %i bytes', (length) => {
  const bytes = bindRequest({ username: 'cn=monitor', password: 'x'.repeat(length) });
  expect(bytes.subarray(-length).toString()).toBe('x'.repeat(length));
  expect(boundIn(bytes)).toEqual({ kind: 'malformed' }); // whole, and no answer
  expect(boundIn(bytes.subarray(0, -1))).toEqual({ kind: 'incomplete' });
});
