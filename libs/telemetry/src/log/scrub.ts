/**
 * `text` without what must never get into a log, whatever a library put into the words of an error: tokens of ours, bearer
 * credentials, passwords in URLs. The last line of defence; nobody may log these on purpose.
 */
export const scrub = (text: string): string =>
  text
    .replaceAll(/(ek_[a-z]+_[0-9a-f]+_)[\w-]+/gi, '$1[redacted]')
    .replaceAll(/(bearer\s+)(?!ek_)[\w.~+/-]+=*/gi, '$1[redacted]')
    .replaceAll(/([a-z][a-z0-9+.-]*:\/\/[^\s:/@"]*:)[^\s/"]*@/gi, '$1[redacted]@')
    .replaceAll(/((?:password|passwd|secret)\\?"?\s*[=:]\s*\\?"?)[^\s"\\,}&]+/gi, '$1[redacted]');
