import type { ProbingCheck } from '@evenkeel/contracts';
import { durationMs } from '@evenkeel/kernel';
import type { Target } from '@evenkeel/verdicts';
import { isIP } from 'node:net';
import { failed, type Finding, notAsked, passed } from './finding.ts';
import { type NotStarted, type Ran, runBounded } from './run-bounded.ts';
import { type Listen, nobodyListens } from './transcript.ts';

type PingCheck = Extract<ProbingCheck, { kind: 'ping' }>;

/** Where Debian and others keep it; the words that are read below are English. */
const environment = { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' };
/** Users may not ask more often (ping(8)). */
const shortestPauseMs = 200;

/**
 * ICMP echo, by the program `ping` of iputils: raw sockets are not to be had in Node, and `ping` has the capability that
 * they need. Asks up to three times within the timeout: a lost packet is no sign of death.
 */
export const probePing = async (
  check: PingCheck,
  { address }: Target,
  signal: AbortSignal,
  listen: Listen = nobodyListens,
): Promise<Finding> => {
  // What is no address could be read as an option.
  if (isIP(address) === 0) return notAsked(`"${address}" is no address`);
  const args = pingArguments(check, address);
  listen('checker', 'program', { lines: [['ping', ...args].join(' ')] });
  const ended = await runBounded('ping', { args, environment, signal });
  if (ended.kind === 'ran') listen('server', 'as ping tells it', { lines: ended.output.trimEnd().split('\n') });
  return pingFinding(ended, address, check.timeout);
};

/** ping(8) of iputils: with -w it goes on until there is one answer (-c) or the time is over, whatever gets lost. */
export const pingArguments = ({ timeout, source }: PingCheck, address: string): string[] => {
  const timeoutMs = durationMs(timeout) ?? 0;
  const pause = (Math.max(shortestPauseMs, timeoutMs / 3) / 1_000).toFixed(2);
  const from = source === undefined ? [] : ['-I', source];
  return ['-n', '-c', '1', '-i', pause, '-w', String(Math.ceil(timeoutMs / 1_000)), ...from, address];
};

/** What its end says about the machine at `address`, or about us. Tried on iputils 20221126. */
export const pingFinding = (ended: Ran | NotStarted, address: string, timeout: string): Finding => {
  if (ended.kind === 'not-started') return notAsked(whyNotStarted[ended.code] ?? `ping did not start (${ended.code})`);
  const { code, output, errors } = ended;
  if (code === 0) return passed(`${address} answered a ping${tripIn(output)}`);
  const noWay = /(Network is unreachable|No route to host)/.exec(errors) ?? /icmp_seq=\d+ (.*Unreachable)/.exec(output);
  if (noWay !== null) return failed('host-unreachable', `no way to ${address} (${noWay[1] ?? ''})`);
  // 1: no answer in time. No code: we ended it, because the time was over.
  if (code === 1 || code === null) return failed('ping-silent', `${address} did not answer a ping within ${timeout}`);
  return notAsked(`this checker could not ping ${address}: ${errors.split('\n')[0] ?? ''}`);
};

const whyNotStarted: Readonly<Record<string, string>> = {
  ENOENT: 'this checker has no ping (Debian package iputils-ping)',
  EPERM: 'this checker may not use ping: the capability CAP_NET_RAW is taken from it',
  EACCES: 'this checker may not run ping',
};

const tripIn = (output: string): string => {
  const trip = /time=([\d.]+) ms/.exec(output)?.[1];
  return trip === undefined ? '' : ` in ${trip} ms`;
};
