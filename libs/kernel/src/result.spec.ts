import { expect, it } from '@jest/globals';
import { assert, Bug } from './assert.ts';
import { accept, refuse } from './result.ts';

it('an answer is a value or a named reason why not, never both', () => {
  expect(accept(7)).toEqual({ ok: true, value: 7 });
  expect(refuse({ kind: 'full' })).toEqual({ ok: false, refusal: { kind: 'full' } });
});

it('a broken assumption of ours is a Bug with its message, and a kept one is silent', () => {
  expect(() => assert(1 + 1 === 2, 'arithmetic')).not.toThrow();
  expect(() => assert(1 + 1 === 3, 'arithmetic')).toThrow(new Bug('arithmetic'));
});
