export type Question = {
  readonly transport: 'tcp' | 'udp';
  readonly from: string;
  readonly to: string;
  readonly port: number;
  /** A named flow is opened at its first question and kept for the next ones; without a name each question is a new one. */
  readonly flow?: string;
  /** Ends the named flow instead of asking. */
  readonly isLast?: boolean;
  readonly patienceMs: number;
};
/** The server's name and the address that it saw, or why there was no answer: `ECONNREFUSED`, `ECONNRESET`, `silence`. */
export type Answer = { readonly said: string } | { readonly failed: string };
