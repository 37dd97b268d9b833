// The one place where a value becomes text of haproxy.cfg. No value can add a line or a word.
// Source: configuration manual 2.6, section 2.2, "Quoting and escaping".

/** A line of a section. */
export const line = (...words: readonly (string | number)[]): string => `  ${words.map(word).join(' ')}\n`;

/** The line that begins a section. */
export const heading = (...words: readonly (string | number)[]): string => `${words.map(word).join(' ')}\n`;

/** Words for people: HAProxy ends a comment at the end of the line, so nothing in it may end the line. */
export const comment = (text: string): string => `# ${text.replaceAll(control, ' ')}\n`;

// eslint-disable-next-line no-control-regex -- control characters are what this is about
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;
const plain = /^[A-Za-z0-9_.,:/@%+=()[\]{}!-]+$/;

const word = (value: string | number): string => {
  const text = String(value);
  return plain.test(text) ? text : `"${text.replaceAll(/["\\$]/g, String.raw`\$&`).replaceAll(control, escaped)}"`;
};

/** HAProxy knows `\xNN` for one byte; a NUL would end the line early, and what takes two bytes has no place in a name. */
const escaped = (character: string): string => {
  const code = character.charCodeAt(0);
  return code === 0 || code > 0x7f ? '\ufffd' : String.raw`\x${code.toString(16).padStart(2, '0')}`;
};
