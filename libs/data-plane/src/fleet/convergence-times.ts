import { type NodeName, type Revision } from '@evenkeel/contracts';

/** Commits whose time is kept. A node further behind has another problem than being slow. */
const keptMax = 1_000;

/** What a node was seen to run when it was first heard, what it runs now, and since when. */
type Heard = { readonly first: Revision; readonly observed: Revision; readonly atMs: number };

/** How long one commit took. */
export type ConvergenceTime = { readonly node: NodeName; readonly ms: number };

/**
 * How long commits take from the book to what a node was seen to run. All times by wall clocks, in milliseconds since 1970.
 * A report may come before the commit that it is about: each is answered with the times that are known with it.
 */
export class ConvergenceTimes {
  /** In rising order of revisions. */
  private readonly committedAtMs = new Map<Revision, number>();
  private readonly nodes = new Map<NodeName, Heard>();

  /** A commit, told once and in order. */
  committed(revision: Revision, atMs: number): readonly ConvergenceTime[] {
    this.committedAtMs.set(revision, atMs);
    const [oldest] = this.committedAtMs.keys();
    if (this.committedAtMs.size > keptMax && oldest !== undefined) this.committedAtMs.delete(oldest);
    return [...this.nodes]
      .filter(([, { first, observed }]) => revision > first && revision <= observed)
      .map(([node, heard]) => ({ node, ms: between(atMs, heard.atMs) }));
  }

  /** A report. Nobody knows since when a node runs what it runs when it is first heard, so that is not told. */
  seen(node: NodeName, observed: Revision, nowMs: number): readonly ConvergenceTime[] {
    const before = this.nodes.get(node);
    if (before !== undefined && observed <= before.observed) return []; // what it lost and runs again was told
    this.nodes.set(node, { first: before?.first ?? observed, observed, atMs: nowMs });
    if (before === undefined) return [];
    return [...this.committedAtMs]
      .filter(([revision]) => revision > before.observed && revision <= observed)
      .map(([, atMs]) => ({ node, ms: between(atMs, nowMs) }));
  }

  /** For how long a node that runs `observed` has lacked something; 0 when it runs all that is known. */
  lagMs(observed: Revision, nowMs: number): number {
    for (const [revision, atMs] of this.committedAtMs) if (revision > observed) return between(atMs, nowMs);
    return 0;
  }
}

/** Two clocks may differ by more than it took. */
const between = (startMs: number, endMs: number): number => Math.max(0, endMs - startMs);
