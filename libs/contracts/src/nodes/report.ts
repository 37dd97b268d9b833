import * as z from 'zod';
import { Hash } from '../book/commit.ts';
import { NodeName, RealServerId, Revision, VirtualServiceId } from '../ids.ts';
import { VerdictState } from '../health/verdict.ts';
import { Timestamp } from '../values.ts';

/** How the last difference was closed. */
export const ApplyMethod = z.enum(['none', 'runtime', 'reload', 'start']);
export type ApplyMethod = z.infer<typeof ApplyMethod>;

export const EngineName = z.enum(['haproxy', 'nftables']);
export type EngineName = z.infer<typeof EngineName>;

/** An engine said no; its own words, verbatim. The last good configuration keeps running. */
export const Rejection = z
  .strictObject({
    engine: EngineName,
    revision: Revision,
    words: z.string().max(8_192),
    since: Timestamp,
  })
  .meta({ id: 'Rejection' });
export type Rejection = z.infer<typeof Rejection>;

export const Layer4Ability = z
  .discriminatedUnion('state', [
    z.strictObject({ state: z.literal('able') }),
    /** This node cannot serve layer 4, and why. Layer 7 goes on. */
    z.strictObject({ state: z.literal('refused'), words: z.string() }),
  ])
  .meta({ id: 'Layer4Ability' });
export type Layer4Ability = z.infer<typeof Layer4Ability>;

/** A real server that a node's own checks see otherwise than the last verdict of `health` does. */
export const OverruledVerdict = z
  .strictObject({ realServerId: RealServerId, state: VerdictState, since: Timestamp })
  .meta({ id: 'OverruledVerdict' });
export type OverruledVerdict = z.infer<typeof OverruledVerdict>;

/**
 * Whose verdicts a node goes by. `own-checks`: `health` is silent since then, so its last verdicts stay until the node's
 * own checks prove otherwise.
 */
export const RulingVerdicts = z
  .discriminatedUnion('by', [
    z.strictObject({ by: z.literal('health') }),
    z.strictObject({
      by: z.literal('own-checks'),
      since: Timestamp,
      /** The first thousand. */
      overruled: z.array(OverruledVerdict).max(1_000),
    }),
  ])
  .meta({ id: 'RulingVerdicts' });
export type RulingVerdicts = z.infer<typeof RulingVerdicts>;

/** How a revision came to run: in all rounds from the one before it until it was seen. */
export const Applied = z
  .strictObject({
    revision: Revision,
    method: ApplyMethod,
    /** Why a reload was needed; empty for other methods. */
    reasons: z.array(z.string()).max(50),
    durationMs: z.number().min(0),
    /** When it was seen running. */
    time: Timestamp,
  })
  .meta({ id: 'Applied' });
export type Applied = z.infer<typeof Applied>;

/** An engine that does not do what it should: it said no, or could not be reached. In its own words, or the door's. */
export const Failing = z
  .strictObject({
    engine: EngineName,
    kind: z.enum(['refused', 'unreachable']),
    words: z.string().max(8_192),
    since: Timestamp,
  })
  .meta({ id: 'Failing' });
export type Failing = z.infer<typeof Failing>;

/** A HAProxy process of an earlier configuration. It lives until its last connection ends. */
export const OldProcess = z
  .strictObject({
    pid: z.int(),
    /** Since it was started: it has been old for less. */
    ageSeconds: z.int().min(0),
    /** Of clients, open on it; absent when it did not answer. */
    connections: z.int().min(0).optional(),
  })
  .meta({ id: 'OldProcess' });
export type OldProcess = z.infer<typeof OldProcess>;

/** What a node says it has seen applied. "Applied" means observed in the running data plane, never sent. */
export const NodeReport = z
  .strictObject({
    node: NodeName,
    /** Grows with every report of one run of the worker; a smaller one in the same run is late news. */
    sequence: z.int().min(0),
    /** One run of the worker process. */
    run: z.string(),
    time: Timestamp,
    /** Newest revision read from the book. */
    received: Revision,
    /** Newest revision whose desired state was observed running. Falls back to nothing newer than what still runs. */
    observed: Revision,
    /** SHA-256 over the rendered configuration of both engines. */
    configurationHash: Hash,
    method: ApplyMethod,
    /** Why a reload was needed; empty for other methods. */
    reloadReasons: z.array(z.string()),
    durationMs: z.number().min(0),
    /** Differences that are still open, in words. */
    waitingFor: z.array(z.string()).max(50),
    /** Real servers that left and still have connections there. They get no new ones, and nothing waits for them. */
    finishing: z.array(z.string()).max(50).optional(),
    rejection: Rejection.optional(),
    /** Newest revision that no engine has anything against. Older workers do not say it, nor the two that follow. */
    validated: Revision.optional(),
    /** How the newest revision that was seen running came to run. */
    applied: Applied.optional(),
    /** Every engine that refuses or is out of reach; empty when none does. */
    failing: z.array(Failing).max(2).optional(),
    /** The nodes that it shares persistence tables with. Older workers do not say it. */
    peers: z.array(NodeName).max(100).optional(),
    /** Repairs of drift in this run. Older workers do not say it. */
    driftRepairs: z.int().min(0).optional(),
    /** The last word of a worker that stops on purpose: nobody need wait for it. */
    leaving: z.boolean().optional(),
    layer4: Layer4Ability,
    /** Older workers do not say it. */
    verdicts: RulingVerdicts.optional(),
    haproxy: z
      .strictObject({
        version: z.string(),
        pid: z.int(),
        oldWorkers: z.int().min(0),
        /** The oldest fifty of them, the oldest first. Older versions of Evenkeel do not say it. */
        oldProcesses: z.array(OldProcess).max(50).optional(),
        /** How many connections it opens at the most. */
        maxConnections: z.int().min(0).optional(),
        /** Whether it adds a server with a cookie while it runs; absent while nobody has asked it. */
        addsCookies: z.boolean().optional(),
      })
      .optional(),
    version: z.string(),
  })
  .meta({ id: 'NodeReport' });
export type NodeReport = z.infer<typeof NodeReport>;

/** Live counts of one node, a sample: not a fact, not kept. */
export const NodeSample = z
  .strictObject({
    node: NodeName,
    time: Timestamp,
    services: z.array(z.strictObject({ id: VirtualServiceId, connections: z.int().min(0) })),
    realServers: z.array(
      z.strictObject({
        id: RealServerId,
        connections: z.int().min(0),
        /** When the oldest of them came; told of layer 7 while the real server drains. */
        oldest: Timestamp.optional(),
      }),
    ),
  })
  .meta({ id: 'NodeSample' });
export type NodeSample = z.infer<typeof NodeSample>;
