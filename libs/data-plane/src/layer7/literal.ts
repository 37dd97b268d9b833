/**
 * Text that HAProxy would read as a log-format and shall take as it stands: `%[…]` would be a sample, `%ci` the client's
 * address. Source: configuration manual 2.6, section 8.2.4.
 */
export const literal = (text: string): string => text.replaceAll('%', '%%');
