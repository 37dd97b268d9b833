import { ClusterSnapshot, NodeMember, RealServerId, VerdictReason, VerdictState } from '@evenkeel/contracts';
import * as z from 'zod';
import { CheckedFile } from './checked-file.ts';

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

/** The file in which that is kept. A torn or foreign file is no file. */
export class LastGood {
  private readonly file: CheckedFile;

  constructor(file: string) {
    this.file = new CheckedFile(file);
  }

  /** What was served last; undefined on a new node, and when the file is damaged: then the book tells everything. */
  async read(): Promise<LastServed | undefined> {
    const body = await this.file.read();
    if (body === undefined) return undefined;
    const content = Content.safeParse(JSON.parse(body));
    return content.success ? content.data : undefined; // written by another version
  }

  /** Replaces the file as a whole: after a crash at any line there is the old one or the new one. */
  write(served: LastServed): Promise<void> {
    return this.file.write(JSON.stringify(served));
  }
}
