import type { Cluster } from '@evenkeel/cluster';
import type { ProbingCheck, VerdictReason } from '@evenkeel/contracts';
import { placeOf, question, targetsOf } from '../targets-of.ts';
import type { Listener, Wanted, WantedCheck } from '../wanted.ts';
import type { LastWord, LastWords } from './last-word.ts';

/**
 * What a worker asks for itself while the checkers are silent: a connection where the check needs TCP, at the check's own
 * pace, and the check's own question where there is no connection to be had. Whoever is down for a reason that such a question
 * cannot see (a hung PACS still accepts connections) is not asked: nothing that it could answer would bring it back. Neither is
 * what a program asks.
 */
export const ownChecksOf = (cluster: Cluster, lastWords: LastWords): Wanted => {
  const { checks, fixed } = targetsOf(cluster);
  const own = new Map<string, WantedCheck & { audience: Listener[] }>();
  for (const { check, target, audience } of checks.values()) {
    if (check.kind === 'external') continue; // perhaps nobody listens for connections where its program asks
    const asked = ownQuestion(check);
    const place = `${placeOf(target)} ${question(asked)}`;
    for (const { realServerId } of audience) {
      const last = lastWords.get(realServerId);
      if (last?.state === 'down' && !canSeeThrough(check, last)) continue;
      // Who is down needs passes to rise and who is not needs failures to fall, so they count apart.
      const key = `${last?.state === 'down' ? 'down' : 'serving'} ${place}`;
      const wanted = own.get(key) ?? { key, check: asked, target, audience: [] };
      own.set(key, wanted);
      wanted.audience.push({ realServerId });
    }
  }
  return { checks: own, fixed };
};

/** Kinds that a worker asks as they are: without TCP there is no connection that could stand in for them. */
const ownKinds = ['ping', 'netbios-node-status', 'dns', 'udp'] as const;
type OwnKind = (typeof ownKinds)[number];
const isOwnKind = (check: ProbingCheck): check is Extract<ProbingCheck, { kind: OwnKind }> =>
  (ownKinds as readonly string[]).includes(check.kind);

/** Without `source`: that is an address of the checker's machine. */
const ownQuestion = (check: ProbingCheck): ProbingCheck => {
  if (isOwnKind(check)) return withoutSource(check);
  const { interval, intervalRising, intervalDown, jitter, timeout, rise, fall, port } = check;
  return { kind: 'connect', port, interval, intervalRising, intervalDown, jitter, timeout, rise, fall };
};

const withoutSource = <Check extends Extract<ProbingCheck, { kind: OwnKind }>>(check: Check): Check => {
  const asked = { ...check };
  delete asked.source;
  return asked;
};

/** These say that there was no connection, whatever was to be asked through it. */
const connectReasons: ReadonlySet<VerdictReason | undefined> = new Set<VerdictReason>([
  'connect-refused',
  'connect-timeout',
  'host-unreachable',
]);

/** Whether our own question can tell that what kept the server down is over. */
const canSeeThrough = (check: ProbingCheck, { reason }: LastWord): boolean => {
  return check.kind === 'connect' || isOwnKind(check) || connectReasons.has(reason);
};
