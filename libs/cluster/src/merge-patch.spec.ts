import { describe, expect, it } from '@jest/globals';
import { isKept, mergePatch } from './merge-patch.ts';

describe('a merge patch', () => {
  // RFC 7396, appendix A, word for word.
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('of %j and %j is %j', (target, patch, merged) => {
    expect(mergePatch(target, patch)).toEqual(merged);
  });

  it('starts an object anew when the patch names another kind', () => {
    const cookie = { kind: 'http-cookie', cookieName: 'A', maxIdle: '5m' };
    expect(mergePatch({ persistence: cookie }, { persistence: { kind: 'none' } })).toEqual({
      persistence: { kind: 'none' },
    });
    expect(mergePatch(cookie, { kind: 'http-cookie', maxIdle: null })).toEqual({
      kind: 'http-cookie',
      cookieName: 'A',
    });
    expect(mergePatch(cookie, { maxIdle: '6m' })).toEqual({ ...cookie, maxIdle: '6m' });
  });

  it('changes neither of its arguments, and no prototype', () => {
    const target = { a: { b: 1 } };
    const merged = mergePatch(target, JSON.parse('{"__proto__":{"polluted":true},"a":{"c":2}}'));
    expect(target).toEqual({ a: { b: 1 } });
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
    expect(Object.getOwnPropertyNames(merged)).toContain('__proto__');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('a value of the merged document', () => {
  const target = { a: { b: 1, c: 2 }, check: { kind: 'http', port: 80 } };

  it.each([
    [{}, ['a', 'b'], true],
    [{ a: { c: 3 } }, ['a', 'b'], true],
    [{ a: { b: 3 } }, ['a', 'b'], false],
    [{ a: { b: null } }, ['a', 'b'], false],
    [{ a: 5 }, ['a', 'b'], false],
    [{ check: { kind: 'connect' } }, ['check', 'port'], false],
    [{ check: { kind: 'http' } }, ['check', 'port'], true],
  ])('under the patch %j at %j is the own one: %s', (patch, path, kept) => {
    expect(isKept(target, patch, path)).toBe(kept);
  });
});
