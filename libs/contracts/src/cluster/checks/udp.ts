import * as z from 'zod';
import { sentence } from '../../values.ts';
import { pace } from './pace.ts';
import { target } from './target.ts';

const bytesMax = 512;
const isHex = (text: string): boolean => /^(?:[0-9a-fA-F]{2})+$/.test(text);
const bytesOf = (text: string, encoding: 'text' | 'hex'): number =>
  encoding === 'hex' ? text.length / 2 : [...text].reduce((sum, character) => sum + utf8Bytes(character), 0);
/** Contracts know no Node, and so no Buffer. */
const utf8Bytes = (character: string): number => {
  const point = character.codePointAt(0) ?? 0;
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x1_0000 ? 3 : 4;
};

const words = ['request', 'expectStart', 'expectWithin'] as const;

/** One datagram there, one back. Whatever is written is text, or all of it bytes in hexadecimal. */
export const UdpExchange = z
  .strictObject({
    kind: z.literal('udp'),
    ...pace('2s', '2s'),
    ...target,
    encoding: z.enum(['text', 'hex']).default('text'),
    /** What is sent, 512 bytes at most. */
    request: sentence(2 * bytesMax),
    /** The answer begins with this. Without either of the two any answer will do. */
    expectStart: sentence(2 * bytesMax).optional(),
    /** This occurs in the answer. */
    expectWithin: sentence(2 * bytesMax).optional(),
  })
  .check(({ value, issues }) => {
    for (const field of words) {
      const text = value[field];
      if (text === undefined) continue;
      const message =
        value.encoding === 'hex' && !isHex(text)
          ? 'pairs of hexadecimal digits, as encoding "hex" says'
          : bytesOf(text, value.encoding) > bytesMax
            ? `${bytesMax} bytes at most`
            : undefined;
      if (message !== undefined) issues.push({ code: 'custom', message, path: [field], input: text });
    }
  });
