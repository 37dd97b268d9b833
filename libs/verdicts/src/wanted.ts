import type { ProbingCheck, RealServerId, Verdict } from '@evenkeel/contracts';

/** Where a probe goes. Port 0 for a check that knows no ports. */
export type Target = {
  readonly address: string;
  readonly port: number;
  /** What is there expects the PROXY protocol of this version first. */
  readonly proxyProtocol?: 1 | 2;
};

/** One question to one place, asked once for all real servers that share it. */
export type WantedCheck = {
  /** Equal for equal questions to the same place, and only then. */
  readonly key: string;
  readonly check: ProbingCheck;
  readonly target: Target;
  readonly audience: readonly Listener[];
};

/** A real server that a target's verdict is about. */
export type Listener = {
  readonly realServerId: RealServerId;
  /** Label of the service whose verdict it follows, when the check is not its own. */
  readonly follows?: string;
};

/** A verdict that needs no probe. */
export type FixedVerdict = Pick<Verdict, 'state' | 'reason' | 'detail'>;

/** What a cluster wants checked. Each of its real servers is in one audience, or in `fixed`. */
export type Wanted = {
  readonly checks: ReadonlyMap<string, WantedCheck>;
  readonly fixed: ReadonlyMap<RealServerId, FixedVerdict>;
};
