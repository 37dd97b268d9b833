const detailMax = 512;

/**
 * Words that came from a server, made harmless for logs, terminals and pages: what a character does beyond being seen
 * (controls, line and paragraph separators, text direction, broken surrogates) becomes a replacement character.
 */
export const cleanDetail = (detail: string): string =>
  detail.slice(0, detailMax).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '\ufffd');
