import type { ProbingCheck } from '@evenkeel/contracts';
import { durationMs } from '@evenkeel/kernel';
import type { Target } from '@evenkeel/verdicts';
import { createSocket } from 'node:dgram';
import type { MxRecord, SoaRecord, SrvRecord } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { failed, type Finding, notAsked, passed, placeOf, refused } from './finding.ts';
import { networkFailure } from './network-failure.ts';
import { type Listen, nobodyListens } from './transcript.ts';

type DnsCheck = Extract<ProbingCheck, { kind: 'dns' }>;

const shownMax = 4;

/**
 * One question to this server and no other, asked by Node's own resolver (c-ares): over UDP, once more when it gets lost, and
 * over TCP when the answer was cut off. No search list and no hosts file has a say.
 */
export const probeDns = async (
  check: DnsCheck,
  target: Target,
  signal: AbortSignal,
  listen: Listen = nobodyListens,
): Promise<Finding> => {
  const unable = await whyUnable(check, target);
  if (unable !== undefined) return unable;
  // c-ares doubles the wait for the second try: a third and two thirds.
  const resolver = new Resolver({ timeout: Math.ceil((durationMs(check.timeout) ?? 0) / 3), tries: 2 });
  resolver.setServers([placeOf(target)]);
  if (check.source !== undefined) resolver.setLocalAddress(...localAddresses(check.source));
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    listen('checker', 'question, by the resolver of Node', { lines: [`${check.recordType} ${check.name}`] });
    const answers = await answersTo(check, resolver);
    listen('server', 'answers', { lines: answers });
    return judged(answers, check, target);
  } catch (error) {
    listen('server', 'no answers', { lines: [(error as NodeJS.ErrnoException).code ?? 'unknown'] });
    return failure(error as NodeJS.ErrnoException, check, target);
  } finally {
    signal.removeEventListener('abort', cancel);
    resolver.cancel();
  }
};

/** c-ares calls it "refused" too when we have no such source address or no file handle left. So that is tried before. */
const whyUnable = async ({ source }: DnsCheck, target: Target): Promise<Finding | undefined> => {
  const socket = createSocket(isIPv6(target.address) ? 'udp6' : 'udp4');
  const outcome = once(socket, 'listening');
  try {
    socket.bind({ port: 0, address: source });
    await outcome;
    return undefined;
  } catch (error) {
    return networkFailure(error as NodeJS.ErrnoException, placeOf(target));
  } finally {
    socket.close();
  }
};

const localAddresses = (source: string): [string, string] => (isIPv6(source) ? ['0.0.0.0', source] : [source, '::']);

/** The answers as a zone file has them. */
const answersTo = async ({ name, recordType }: DnsCheck, resolver: Resolver): Promise<readonly string[]> => {
  switch (recordType) {
    case 'MX':
      return (await resolver.resolveMx(name)).map(writtenMx);
    case 'SRV':
      return (await resolver.resolveSrv(name)).map(writtenSrv);
    case 'SOA':
      return [writtenSoa(await resolver.resolveSoa(name))];
    case 'TXT':
      return (await resolver.resolveTxt(name)).map((parts) => parts.join(''));
    default:
      return resolver.resolve(name, recordType);
  }
};

const writtenMx = ({ priority, exchange }: MxRecord): string => `${priority} ${exchange}`;
const writtenSrv = ({ priority, weight, port, name }: SrvRecord): string => `${priority} ${weight} ${port} ${name}`;
const writtenSoa = ({ nsname, hostmaster, serial }: SoaRecord): string => `${nsname} ${hostmaster} ${serial}`;

const asked = ({ name, recordType }: DnsCheck, target: Target): string =>
  `${placeOf(target)}, asked for ${recordType} of ${name},`;

const judged = (answers: readonly string[], check: DnsCheck, target: Target): Finding => {
  const shown = answers.slice(0, shownMax).map((answer) => answer.slice(0, 60));
  const told = `${asked(check, target)} answered ${answers.length === 0 ? 'nothing' : shown.join(', ')}`;
  const { expectAnswer } = check;
  if (answers.length === 0) return failed('dns-status', told);
  if (expectAnswer === undefined || answers.includes(expectAnswer)) return passed(told);
  return failed('dns-answer', `${told}; "${expectAnswer}" is not among ${answers.length}`);
};

/** What the codes of Node's `dns` module say about the server, or about us. */
const failure = ({ code, message }: NodeJS.ErrnoException, check: DnsCheck, target: Target): Finding => {
  const told = asked(check, target);
  switch (code) {
    case 'ENOTFOUND':
      return failed('dns-status', `${told} says that there is no such name`);
    case 'ENODATA':
      return failed('dns-status', `${told} says that the name has no such record`);
    case 'ESERVFAIL':
      return failed('dns-status', `${told} says that it has failed`);
    case 'EREFUSED': // it answers, and not this question of ours
      return refused('dns-status', `${told} refuses the question`);
    case 'ENOTIMP':
    case 'EFORMERR':
      return refused('dns-status', `${told} does not understand the question (${code})`);
    case 'ETIMEOUT':
    case 'ECANCELLED':
      return failed('dns-silent', `${told} did not answer within ${check.timeout}`);
    case 'ECONNREFUSED':
      return failed('connect-refused', `${placeOf(target)} refused: nothing listens there`);
    case 'EBADRESP':
      return failed('dns-malformed', `${told} answered with something else`);
    default:
      return notAsked(`this checker could not ask ${placeOf(target)}: ${message}`);
  }
};
