import * as z from 'zod';
import { TcpUdpCheck } from '../cluster/health-check.ts';
import { Exchange } from '../health/exchange.ts';
import { ProbeResult } from '../health/verdict.ts';
import { RealServerId } from '../ids.ts';
import { Address } from '../values.ts';

/** Ask once, now: a real server as its service checks it, or by another definition; or a machine by a definition. */
export const RunCheck = z.strictObject({
  realServerId: RealServerId.optional(),
  address: Address.optional(),
  check: TcpUdpCheck.optional(),
});
export type RunCheck = z.infer<typeof RunCheck>;

/** What came of it. It counts for no verdict, and nobody keeps it. */
export const CheckRun = z
  .strictObject({
    checker: z.string().max(100),
    kind: z.string(),
    target: z.strictObject({ address: Address, port: z.int().min(0).describe('0 where a check knows no ports') }),
    timeout: z.string().describe('That of the check, or the longest that somebody is kept waiting'),
    result: ProbeResult,
    exchange: Exchange,
  })
  .meta({ id: 'CheckRun' });
export type CheckRun = z.infer<typeof CheckRun>;

export const RunRefusal = z.discriminatedUnion('kind', [
  /** No real server of the cluster has this id, or this address: nobody else is ever asked. */
  z.strictObject({ kind: z.literal('unknown-real-server') }),
  z.strictObject({ kind: z.literal('unknown-machine') }),
  /** A machine is asked on the port of the check, which has none. */
  z.strictObject({ kind: z.literal('port-needed') }),
  /** `field`: of the check. */
  z.strictObject({ kind: z.literal('unknown-secret'), field: z.string(), secret: z.string() }),
  z.strictObject({ kind: z.literal('nothing-to-ask'), detail: z.string() }),
  /** Only with a definition is there something to ask a machine. */
  z.strictObject({ kind: z.literal('check-needed') }),
  /** The control plane itself is there. */
  z.strictObject({ kind: z.literal('not-allowed'), detail: z.string() }),
]);
export type RunRefusal = z.infer<typeof RunRefusal>;

export const RunCheckAnswer = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('done'), run: CheckRun }),
  z.strictObject({ kind: z.literal('refused'), refusal: RunRefusal }),
  /** Others are being run, or have just been. */
  z.strictObject({ kind: z.literal('busy'), retryAfterSeconds: z.int().min(1) }),
  /** It has not read the book yet. */
  z.strictObject({ kind: z.literal('starting') }),
]);
export type RunCheckAnswer = z.infer<typeof RunCheckAnswer>;
