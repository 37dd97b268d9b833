/** Bytes of a well-formed text in UTF-8. */
export const utf8Length = (text: string): number => encodeURIComponent(text).replace(/%[0-9A-F]{2}/g, '.').length;
