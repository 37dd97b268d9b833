import { describe, expect, it } from '@jest/globals';
import { ClusterKey, throwawayKey, Unreadable } from './sealing.ts';

const key = new ClusterKey('a'.repeat(43));

describe('what is sealed', () => {
  it('is opened by the same key under the same name', () =>
    expect(key.open('one', key.seal('one', 'geheim – é'))).toBe('geheim – é'));

  it('says nothing of what it holds, and is different each time', () => {
    const [first, second] = [key.seal('one', 'secret'), key.seal('one', 'secret')];
    expect(first).not.toBe(second);
    expect(Buffer.from(first.slice(2), 'base64url').toString('latin1')).not.toContain('secret');
  });

  it('is not opened by another key, under another name, or after a change', () => {
    const sealed = key.seal('one', 'secret');
    expect(() => new ClusterKey('b'.repeat(43)).open('one', sealed)).toThrow(Unreadable);
    expect(() => key.open('two', sealed)).toThrow(Unreadable);
    expect(() => key.open('one', `${sealed.slice(0, -2)}AA`)).toThrow(Unreadable);
    expect(() => key.open('one', '')).toThrow(Unreadable);
  });
});

it('a name is the same for the same text and the same key only, and no seal', () => {
  expect(key.nameFor('secret')).toMatch(/^[0-9a-f]{64}$/);
  expect(key.nameFor('secret')).toBe(new ClusterKey('a'.repeat(43)).nameFor('secret'));
  const others = [
    key.nameFor('Secret'),
    new ClusterKey('b'.repeat(43)).nameFor('secret'),
    throwawayKey().nameFor('secret'),
  ];
  expect(new Set([key.nameFor('secret'), ...others]).size).toBe(4);
});

it('a key shows nothing of itself', () => expect(JSON.stringify({ key })).toBe('{"key":"[redacted]"}'));
