import { createInterface } from 'node:readline';
import { type Leftover, removeLeftover } from './leftover.ts';

// Started by keeper.ts. Every line is the whole list; its last state is what to remove when the writer is gone.
let leftovers: readonly Leftover[] = [];
for await (const line of createInterface({ input: process.stdin })) leftovers = JSON.parse(line) as Leftover[];

// Processes first: they hold the namespaces and write to the folders.
for (const kind of ['process-group', 'namespace', 'folder'] as const) {
  const ofKind = leftovers.filter((leftover) => leftover.kind === kind);
  await Promise.allSettled(ofKind.map(removeLeftover));
}
