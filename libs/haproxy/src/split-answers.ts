/**
 * The answers to `count` commands of one line. HAProxy ends each with an empty line, and an empty answer is that line
 * alone. Undefined when some are missing: the connection broke.
 */
export const splitAnswers = (text: string, count: number): readonly string[] | undefined => {
  const answers: string[] = [];
  let at = 0;
  while (answers.length < count) {
    const isEmpty = text[at] === '\n';
    const end = isEmpty ? at : text.indexOf('\n\n', at);
    if (end === -1 || at >= text.length) return undefined;
    answers.push(text.slice(at, end));
    at = end + (isEmpty ? 1 : 2);
  }
  return answers;
};
