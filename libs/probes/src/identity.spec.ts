import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { discreet, Identity, notShown } from './identity.ts';

const identity = new Identity('monitor', { username: 'Prüfer', password: 'pass word' });

it('prints the name of the secret and nothing of what is in it', () => {
  const printed = `${JSON.stringify(identity)} ${inspect(identity, { showHidden: true, depth: 9 })}`;
  expect(printed).toContain('monitor');
  expect(printed).not.toMatch(/Prüfer|pass|UHJ/);
});

describe('what a server says', () => {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  it.each([
    ['the password', 'refused: pass word'],
    ['the password in other letters', 'PASS WORD IS WRONG'],
    ['the user name', 'no such user: Prüfer'],
    ['the user name, read as Latin-1', Buffer.from('no such user: Prüfer').toString('latin1')],
    ['both in base64', `bad header "Basic ${base64('Prüfer:pass word')}"`],
    ['the password alone in base64, without padding', base64('pass word').replaceAll('=', '')],
    ['the password as in a URL', '/login?p=pass%20word&next=/'],
  ])('is not shown when it has %s in it', (_what, said) => {
    expect(discreet(said, identity)).toBe(notShown);
  });

  it('is found in the bytes of a message, too', () => {
    expect(identity.isIn(Buffer.from('\x30\x0cno such user: Prüfer'))).toBe(true);
    expect(identity.isIn(Buffer.from('\x30\x0cno such user'))).toBe(false);
  });

  it('is shown when it has nothing of it', () => {
    expect(discreet('401 Unauthorized', identity)).toBe('401 Unauthorized');
    expect(discreet('pass word', undefined)).toBe('pass word');
  });
});
