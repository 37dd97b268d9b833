import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { comment, heading, line } from './config-text.ts';

const anything = fc.string({ unit: 'binary', maxLength: 40 });

/** HAProxy's own reading of a line: configuration manual 2.6, section 2.2. */
const wordsOf = (text: string): readonly string[] => {
  const words: string[] = [];
  let word: string | undefined;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '\\') {
      const hexadecimal = /^\\x([0-9a-f]{2})/.exec(text.slice(at))?.[1];
      word = (word ?? '') + (hexadecimal === undefined ? text[at + 1] : String.fromCharCode(parseInt(hexadecimal, 16)));
      at += hexadecimal === undefined ? 1 : 3;
    } else if (character === '"') {
      isQuoted = !isQuoted;
      word ??= '';
    } else if (!isQuoted && (character === ' ' || character === '#')) {
      if (word !== undefined) words.push(word);
      word = undefined;
      if (character === '#') return words;
    } else word = (word ?? '') + character;
  }
  return word === undefined ? words : [...words, word];
};

// eslint-disable-next-line no-control-regex -- what cannot be written down
const unwritable = /[\u0000\u0080-\u009f\u2028\u2029]/g;

it('writes any words so that HAProxy reads those words and no others', () => {
  fc.assert(
    fc.property(fc.array(anything, { minLength: 1 }), (words) => {
      const text = line(...words);
      expect(text.endsWith('\n')).toBe(true);
      expect(wordsOf(text.slice(0, -1))).toEqual(words.map((word) => word.replaceAll(unwritable, '\ufffd')));
    }),
  );
});

it('never lets a word, a heading or a comment add a line', () => {
  fc.assert(
    fc.property(anything, (text) => {
      // eslint-disable-next-line no-control-regex -- NUL would end HAProxy's reading of a line
      for (const written of [line(text), heading(text), comment(text)]) expect(written).toMatch(/^[^\n\r\u0000]*\n$/);
    }),
  );
});

it('writes plain words plainly', () => {
  expect(line('bind', '192.168.85.150:80', 'transparent')).toBe('  bind 192.168.85.150:80 transparent\n');
});

it('does not let HAProxy see a variable of its environment', () => {
  expect(line('description', '$HOME')).toBe('  description "\\$HOME"\n');
});
