import type { NodeName } from '@evenkeel/contracts';

/** Names one start of one node. Greater than that of every start before: it is counted on the node's disk. */
export type Boot = number;

/** What a node says of itself. `candidate`: it would serve, and asks the others whether it may. */
export type SaidRole = 'active' | 'candidate' | 'standby';

/** What one node tells another, several times a second, over every path there is. */
export type Heartbeat = {
  readonly node: NodeName;
  readonly boot: Boot;
  /** Counts up with each heartbeat of this boot, whoever it is for: an older one than was heard before is dropped. */
  readonly sequence: number;
  readonly role: SaidRole;
  /** Of an active: that it serves under. Of a candidate: that it would. Of a standby: the greatest that it knows. */
  readonly epoch: number;
  /** The smaller is preferred. */
  readonly rank: number;
  readonly hasGateway: boolean;
  /** It would serve if it were asked: started long enough ago, not in maintenance, configuration read. */
  readonly canServe: boolean;
  /** Its kernel answers for so long without being told; whoever waits for its end takes the longer one of the two. */
  readonly selfMs: number;
  /** The last one that was heard from the node this is for: its age proves how old the news in this one can be at most. */
  readonly echo: { readonly boot: Boot; readonly sequence: number } | undefined;
  /** The sender will not serve, nor let anybody else, until T_dead after it last heard of the heartbeat that it echoes. */
  readonly grants: boolean;
  /** An operator wants the sender to be active. `force`: whether or not it has what it takes. */
  readonly calls: 'no' | 'asks' | 'force';
  /** Nothing more will come of this boot, and its kernel is mute. */
  readonly isLast: boolean;
};
