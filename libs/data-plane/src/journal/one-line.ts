/** Contract: a sentence in the journal has so many characters, and none that control anything. */
const sentenceMax = 1_000;

/** `text` as one line for a person. The program's fields hold it whole. */
export const inOneLine = (text: string): string => {
  const line = text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
  return line.length <= sentenceMax ? line : `${line.slice(0, sentenceMax - 1)}…`;
};
