import type { Outcome } from './run-fault.ts';
import { asTable } from './table.ts';

export type Facts = {
  readonly seed: number;
  readonly rounds: number;
  readonly date: string;
  readonly machine: string;
};

/** The whole of docs/faults.md. */
export const asDocument = (outcomes: readonly Outcome[], { seed, rounds, date, machine }: Facts): string =>
  [
    '# Faults',
    `Written by \`npm run faults -- --seed ${seed} --rounds ${rounds}\` on ${date}.`,
    machine,
    explanation,
    asTable(outcomes),
    notesOf(outcomes),
  ]
    .filter((part) => part !== '')
    .join('\n\n') + '\n';

const notesOf = (outcomes: readonly Outcome[]): string =>
  outcomes.flatMap(({ fault, notes }) => notes.map((note) => `- ${fault.name}: ${note}.`)).join('\n');

const explanation = `One node: \`config\`, \`gateway\`, \`health\`, \`proxy\`, Postgres, NATS and HAProxy as processes of their own, in network
namespaces with three machines behind them. What dies is started again after a second, as systemd does. All the time

- 4 browsers each ask again 80 ms after an answer on a connection that they keep, and 40 clients a second come with a new one;
- 20 modalities each keep one association and send a C-ECHO on it half a second after the last was answered;
- 20 datagrams a second ask for NetBIOS names, through layer 4;
- somebody drains and brings back a real server, a wish after the other. A wish without an answer is asked again with the same
  \`Idempotency-Key\`.

The words of the table:

- **Requests sent**: HTTP requests, C-ECHOs and datagrams that came to an end from just before the fault until all was well
  again. Each was answered, lost, or sent again.
- **Lost**: no connection, a connection that broke, an answer that is none (a 503), or none within 10 s; a datagram within 1.5 s.
- **Longest gap**: of the client who had it worst, the time between two answers. Without a fault that is the half second between
  two C-ECHOs.
- **Associations broken**: each association that ended without having been asked to, and each that did not come about.
- **Sent again**: HTTP on a kept connection that was just being closed, before a byte of an answer. Every HTTP client sends it
  again by itself, and that counts as a request of its own.
- **Wishes acknowledged, of these lost**: the API said yes. Afterwards the book must hold each, in this order, with its words.
- **Well again after**: from the end of the fault until a new wish was seen running on the node, and all checks had passed.`;
