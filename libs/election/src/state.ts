import type { NodeName } from '@evenkeel/contracts';
import type { Boot, Heartbeat, SaidRole } from './heartbeat.ts';
import type { Lease } from './lease.ts';
import type { LeaveReason, TakeReason } from './news.ts';
import type { Times } from './times.ts';

/** The smaller rank is preferred; a preference, not a state. */
export type Member = { readonly node: NodeName; readonly rank: number };

/** What a node is told about its election, for as long as it runs. */
export type Settings = Member & {
  readonly boot: Boot;
  /** All others that vote. */
  readonly others: readonly Member[];
  /** Machines of the segment that every node asks whether they hear it; an odd number of them. */
  readonly pingNodes: readonly string[];
  readonly times: Times;
  /** An active node that is preferred to this one's active is called off after so long; undefined: never. */
  readonly failbackAfterMs: number | undefined;
};

/** What this node is doing about the addresses. Only `standby` grants. */
export type Role =
  | { readonly kind: 'standby' }
  /** A ticket was asked for. What is decided after the kernel gave it is done within its time, or not at all. */
  | { readonly kind: 'arming'; readonly attempt: number; readonly epoch: number }
  /** The lease was asked for. */
  | {
      readonly kind: 'claiming';
      readonly attempt: number;
      readonly epoch: number;
      readonly since: number;
      readonly ticketUntil: number;
    }
  /** The kernel was told, and has not answered. `forMs`: as in the action. */
  | {
      readonly kind: 'activating';
      readonly attempt: number;
      readonly epoch: number;
      readonly forMs: number | undefined;
      readonly right: Right;
    }
  | {
      readonly kind: 'active';
      readonly epoch: number;
      /** The kernel is mute after that, if it is told nothing more. */
      readonly servesUntil: number;
      /** The kernel was told to go on for so long, and has not answered. */
      readonly extendingMs: number | undefined;
    }
  | {
      readonly kind: 'muting';
      readonly epoch: number;
      readonly servesUntil: number;
      readonly why: LeaveReason;
      readonly to: NodeName | undefined;
    };

/** Why a node may take the addresses, and the newest proof of it. */
export type Right = {
  readonly why: TakeReason;
  readonly provenAt: number;
  /** For how long nobody was heard; undefined where that was not asked. */
  readonly silentMs: number | undefined;
};

/** A heartbeat that this node has sent. */
export type Sent = {
  readonly sequence: number;
  readonly at: number;
  /** Under which it served, or would have; undefined while it asked for nothing. */
  readonly asksEpoch: number | undefined;
};

/** What is known of another node. */
export type Peer = {
  readonly heard: { readonly heartbeat: Heartbeat; readonly at: number } | undefined;
  /** The newest consent: to which epoch, and when the heartbeat was sent that it echoes. A last word consents to any. */
  readonly consent: { readonly epoch: number | 'any'; readonly sentAt: number } | undefined;
  /** The newest, oldest first. */
  readonly sent: readonly Sent[];
  /** When the next heartbeat goes to it. */
  readonly dueAt: number;
  /** It has said that nothing more comes of this boot. */
  readonly closedBoot: Boot | undefined;
};

/**
 * This node will let nobody else than `to` serve before `until`. `isTold`: that one knows, so it frees this node when it says that
 * it stands by; before, it may only not have heard of its luck.
 */
export type Promised = { readonly to: NodeName | undefined; readonly until: number; readonly isTold: boolean };

export type ElectionState = {
  readonly settings: Settings;
  readonly startedAt: number;
  readonly tickedAt: number;
  readonly role: Role;
  /** Counts what was asked of the kernel, so that a late answer is known as one. */
  readonly attempt: number;
  /** The next heartbeat's number. */
  readonly sequence: number;
  readonly saidRole: SaidRole;
  /** The greatest epoch that this node has heard of, stored, read or asked for. */
  readonly epoch: number;
  readonly peers: ReadonlyMap<NodeName, Peer>;
  readonly promised: Promised;
  readonly gateway: {
    readonly pingedAt: number;
    /** Since when it has answered without a pause. */
    readonly since: number;
    /** When the newest answered ping to each was sent. */
    readonly answered: ReadonlyMap<string, number>;
  };
  /** `answeredBy`: who answered last; `told`: who of them has been in the news. */
  readonly probe: {
    readonly sentAt: number;
    readonly answeredBy: string | undefined;
    readonly told: string | undefined;
  };
  /** Until then, somebody else gave a sign of life, or nobody could have been heard. Silence is counted from here. */
  readonly noiseAt: number;
  readonly lease: Lease;
  /** When the lease was last seen to be another one. */
  readonly leaseChangedAt: number;
  readonly leaseAskedAt: number;
  readonly natsAt: number;
  readonly inMaintenance: boolean;
  readonly isReady: boolean;
  /** An operator wants this node to be active, until then. */
  readonly called: { readonly until: number; readonly force: boolean } | undefined;
  /** Not before does it stand again. */
  readonly standsAfter: number;
  /** Since then a node that is less preferred than this one has been seen active. */
  readonly preferredSince: number | undefined;
};

export const never = Number.NEGATIVE_INFINITY;

/**
 * A node that has just started. `epoch`: the one on its disk. Its kernel must be mute by then; that of a node which is alone may
 * instead have been left serving for good, and `isServing` then.
 */
export const beginning = (settings: Settings, epoch: number, now: number, isServing = false): ElectionState => ({
  settings,
  startedAt: now,
  tickedAt: now,
  role: isServing
    ? { kind: 'active', epoch, servesUntil: Number.POSITIVE_INFINITY, extendingMs: undefined }
    : { kind: 'standby' },
  attempt: 0,
  sequence: 1,
  saidRole: 'standby',
  epoch,
  peers: new Map(
    settings.others.map(({ node }) => [
      node,
      { heard: undefined, consent: undefined, sent: [], dueAt: now, closedBoot: undefined },
    ]),
  ),
  // Whatever it promised before it ended is over by then.
  promised: { to: undefined, until: now + settings.times.deadMs, isTold: false },
  gateway: { pingedAt: never, since: now, answered: new Map() },
  probe: { sentAt: never, answeredBy: undefined, told: undefined },
  noiseAt: now,
  lease: { revision: 0, holder: undefined, epoch: 0 },
  leaseChangedAt: never,
  leaseAskedAt: never,
  natsAt: never,
  inMaintenance: false,
  isReady: true,
  called: undefined,
  standsAfter: settings.others.length === 0 ? now : now + settings.times.initMs,
  preferredSince: undefined,
});

export const withPeer = (state: ElectionState, name: NodeName, change: Partial<Peer>): ElectionState => {
  const peer = state.peers.get(name);
  if (peer === undefined) return state;
  return { ...state, peers: new Map(state.peers).set(name, { ...peer, ...change }) };
};
