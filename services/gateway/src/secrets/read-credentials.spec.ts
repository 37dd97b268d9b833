import { describe, expect, it } from '@jest/globals';
import { readCredentials } from './read-credentials.ts';

const canary = 'canary-7Qx';

it('takes what HTTP and LDAP can carry', () => {
  for (const username of ['monitor', 'cn=monitor,dc=hospital,dc=example', 'Prüfer 1'])
    expect(readCredentials(username, 'a:b "c" é')).toEqual({ ok: true, value: { username, password: 'a:b "c" é' } });
});

describe('what is wrong is said, and nothing is quoted', () => {
  it.each<[string, unknown, unknown, string]>([
    ['no name', undefined, canary, '/username: required, and missing'],
    ['no password', canary, undefined, '/password: required, and missing'],
    ['an empty password', canary, '', '/password: it is empty'],
    ['a number', canary, 47_114_711, '/password: this is no text'],
    ['an object', canary, { canary }, '/password: this is no text'],
    ['a line end', canary, `${canary}\r\nx: y`, '/password: it has a control character, such as a line end'],
    ['a colon', `${canary}:x`, canary, '/username: it has a colon'],
    ['a novel', canary, canary.repeat(99), '/password: it is too long (990 characters)'],
  ])('%s', (_what, username, password, wrong) => {
    const read = readCredentials(username, password);
    expect(read.ok ? [] : read.refusal.map(({ pointer, detail }) => `${pointer}: ${detail}`)).toEqual([wrong]);
    expect(JSON.stringify(read)).not.toMatch(/canary|4711/);
  });
});
