import { type Cluster } from '@evenkeel/cluster';
import { type NodeName, type RealServerId, type VerdictState } from '@evenkeel/contracts';
import { type Warming } from './slow-start/warming.ts';

/** Everything that decides what one node should run. Its parts are replaced and never changed: `===` means unchanged. */
export type Picture = {
  readonly cluster: Cluster;
  /** A verdict that is missing counts as `unknown`, and unknown serves until proven down. */
  readonly verdicts: ReadonlyMap<RealServerId, VerdictState>;
  readonly node: NodeFacts;
  /**
   * Of the time, not of the book: two nodes that look at different moments differ here, and render the same configuration
   * all the same. It is set while the engines run.
   */
  readonly warming?: Warming;
};

/** What is not in the book: facts of this node. Two nodes that differ in `name` only render the same configuration. */
export type NodeFacts = {
  readonly name: NodeName;
  /** The nodes that share persistence tables, this one included. With none, no TCP port is opened for it. */
  readonly peers: readonly Peer[];
  /**
   * No more sockets than this, whatever the system allows: HAProxy reserves memory for all of them. It takes less where
   * `ulimit -n` is lower, and derives its `maxconn` from what it got.
   */
  readonly maxSockets: number;
};

/** Where one node listens for the persistence tables of the others. */
export type Peer = { readonly name: NodeName; readonly address: string; readonly port: number };
