import { expect, it } from '@jest/globals';
import { renewed } from './document.ts';

const document = '# Benchmarks\n\nOld words.\n\n## change\n\n| a |\n\n## simulation\n\nKept.\n\n| ## no heading |\n';

it('puts what was measured in the place of what was measured earlier, and keeps the rest', () => {
  const measured = new Map([['change', '## change\n\n| b |\n']]);
  expect(renewed(document, '# Benchmarks\n\nNew words.', measured)).toBe(
    '# Benchmarks\n\nNew words.\n\n## change\n\n| b |\n\n## simulation\n\nKept.\n\n| ## no heading |\n',
  );
});

it('adds what is new at the end, and begins with nothing', () => {
  expect(renewed('', '# Benchmarks', new Map([['ha', '## ha\n\n| c |\n']]))).toBe('# Benchmarks\n\n## ha\n\n| c |\n');
});
