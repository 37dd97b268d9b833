import type { Credentials } from '@evenkeel/contracts';

/** Who a check says that it is. To print it shows the name of the secret and nothing of what is in it. */
export class Identity {
  readonly #credentials: Credentials;
  readonly #traces: readonly string[];

  /** `secret`: its name in the book. */
  constructor(
    readonly secret: string,
    credentials: Credentials,
  ) {
    this.#credentials = credentials;
    this.#traces = tracesOf(credentials);
  }

  /** For the one place that sends it. */
  reveal(): Credentials {
    return this.#credentials;
  }

  /**
   * Whether something that a server said has the name or the password in it: as they are, in base64 (RFC 7617), or as in a URL.
   * Servers quote what they refuse, and findings are kept and read by many.
   */
  isIn(said: string | Uint8Array): boolean {
    const text = typeof said === 'string' ? said : Buffer.from(said).toString('latin1');
    const lower = text.toLowerCase();
    return this.#traces.some((trace) => lower.includes(trace));
  }
}

/** Text of HTTP comes to us as Latin-1, whatever the server meant, and bytes are searched in the same form. */
const tracesOf = ({ username, password }: Credentials): string[] => {
  const plain = [username, password];
  const encoded = [...plain, `${username}:${password}`].map((text) => Buffer.from(text).toString('base64'));
  const unpadded = encoded.map((text) => text.replace(/=+$/, ''));
  const forms = [...plain, ...plain.map(encodeURIComponent), ...unpadded];
  const asLatin1 = forms.map((text) => Buffer.from(text).toString('latin1'));
  return [...new Set([...forms, ...asLatin1].map((text) => text.toLowerCase()))];
};

/** In the place of what a server said. */
export const notShown = '[not shown: it holds the credentials]';

/** What a server said, unless it says what we have sent to it in confidence. */
export const discreet = (said: string, identity: Identity | undefined): string =>
  identity?.isIn(said) === true ? notShown : said;
