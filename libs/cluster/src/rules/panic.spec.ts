import type { IntentState, RealServerId, VerdictState } from '@evenkeel/contracts';
import { aRealServer, realServerId } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import { alarmOf, verdictsFor } from './panic.ts';

const servers = [1, 2, 3, 4].map((number) => aRealServer({ number }));
/** Verdicts told as letters: u up, d down, ? unknown, - nobody has said anything. */
const states = { u: 'up', d: 'down', '?': 'unknown', '-': undefined } as const;
const verdicts =
  (letters: string) =>
  (id: RealServerId): VerdictState | undefined => {
    const at = servers.findIndex((server) => server.id === id);
    return states[letters[at] as keyof typeof states];
  };
const half = { panic: { below: 50, then: 'serve-all' } } as const;

describe('panic', () => {
  it.each([
    ['uuuu', false, 'all are healthy'],
    ['uudd', false, 'half of them is not below half'],
    ['uddd', true, 'one of four is'],
    ['dddd', true, 'nobody is'],
    ['?-dd', false, 'who is not down counts'],
  ])('with verdicts %s: %s, because %s', (letters, is) => {
    expect(alarmOf(half, servers, verdicts(letters)) !== undefined).toBe(is);
  });

  it('is not for a service that did not ask for it, nor for one that nobody is to serve', () => {
    expect(alarmOf({}, servers, verdicts('dddd'))).toBeUndefined();
    expect(alarmOf(half, [], verdicts(''))).toBeUndefined();
  });

  it('does not count whom the operator has taken out', () => {
    const intents: readonly IntentState[] = [
      { intent: 'online' },
      { intent: 'drain', clients: 'keep' },
      { intent: 'halt', connections: 'finish' },
      { intent: 'online' },
    ];
    const some = intents.map((intent, index) =>
      aRealServer({ number: index + 1, intent, ...(index === 3 ? { spec: { weight: 0 } } : {}) }),
    );
    expect(alarmOf(half, some, verdicts('uddd'))).toBeUndefined();
    expect(alarmOf(half, some, verdicts('duuu'))).toMatchObject({ healthy: 0, of: 1 });
  });
});

describe('the verdicts that a service goes by', () => {
  const ruling = (then: 'serve-all' | 'serve-none', letters: string) => {
    const verdictOf = verdictsFor({ panic: { below: 50, then } }, servers, verdicts(letters));
    return servers.map(({ id }) => verdictOf(id));
  };

  it('are those of the checks while enough are healthy', () => {
    expect(ruling('serve-none', 'uud-')).toEqual(['up', 'up', 'down', undefined]);
  });

  it('take nobody for down in a panic that serves all', () => {
    expect(ruling('serve-all', 'uddd')).toEqual(['up', 'unknown', 'unknown', 'unknown']);
  });

  it('take everybody for down in a panic that serves none', () => {
    expect(ruling('serve-none', 'uddd')).toEqual(['down', 'down', 'down', 'down']);
  });

  it('are those of the checks at the least share of one that is up', () => {
    const one = verdictsFor({ panic: { below: 1, then: 'serve-all' } }, servers, verdicts('uddd'));
    expect(one(realServerId(2))).toBe('down');
  });
});
