import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ClusterSnapshot, NodeMember, RealServerId, VerdictReason, VerdictState } from '@evenkeel/contracts';
import * as z from 'zod';

const Content = z.strictObject({
  snapshot: ClusterSnapshot,
  verdicts: z.array(z.tuple([RealServerId, VerdictState])),
  // Earlier workers did not write what follows.
  /** Why those are down that are down, where it is known. */
  reasons: z.array(z.tuple([RealServerId, VerdictReason]).readonly()).default([]),
  /** Whether the checkers were silent, so that these verdicts are newer than theirs. */
  wereSilent: z.boolean().default(false),
  /** The nodes that shared tables. */
  members: z.array(NodeMember).readonly().default([]),
});

/** What a node last served: enough to serve again with nobody else there. */
export type LastServed = z.infer<typeof Content>;

/** One file: the SHA-256 of the rest on its first line, then JSON. A torn or foreign file is no file. */
export class LastGood {
  constructor(private readonly file: string) {}

  /** What was served last; undefined on a new node, and when the file is damaged: then the book tells everything. */
  async read(): Promise<LastServed | undefined> {
    const text = await readFile(this.file, 'utf8').catch(undefinedWhenMissing);
    if (text === undefined) return undefined;
    const lineEnd = text.indexOf('\n');
    const body = text.slice(lineEnd + 1);
    if (text.slice(0, lineEnd) !== checksum(body)) return undefined;
    const content = Content.safeParse(JSON.parse(body));
    return content.success ? content.data : undefined; // written by another version
  }

  /** Replaces the file as a whole: after a crash at any line there is the old one or the new one. */
  async write(served: LastServed): Promise<void> {
    const body = JSON.stringify(served);
    await mkdir(dirname(this.file), { recursive: true, mode: 0o755 });
    const candidate = `${this.file}.new`;
    const handle = await open(candidate, 'w', 0o600);
    try {
      await handle.writeFile(`${checksum(body)}\n${body}`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(candidate, this.file);
  }
}

const checksum = (text: string): string => createHash('sha256').update(text).digest('hex');

const undefinedWhenMissing = (failure: NodeJS.ErrnoException): undefined => {
  if (failure.code !== 'ENOENT') throw failure;
};
