import { expect, it } from '@jest/globals';
import { splitAnswers } from './split-answers.ts';

// Answers as HAProxy 2.6.12 gave them.

it('tells apart answers that are empty, short and long', () => {
  const text = '\n\nNo such server.\n\n1\n# be_id be_name\n1 vs1\n\n';
  expect(splitAnswers(text, 4)).toEqual(['', '', 'No such server.', '1\n# be_id be_name\n1 vs1']);
});

it('has no answers to no commands', () => {
  expect(splitAnswers('', 0)).toEqual([]);
});

it.each(['', '\n', '\nNo such ser', '\nNo such server.\n'])('misses an answer in %j', (text) => {
  expect(splitAnswers(text, 2)).toBeUndefined();
});
