import type { Outcome } from './run-fault.ts';
import { lossesIn } from './stage.ts';
import { together } from './traffic/tally.ts';

const columns = [
  'Fault',
  'Times',
  'Requests sent',
  'Requests lost',
  'Longest gap',
  'Associations broken',
  'Sent again',
  'Wishes acknowledged',
  'Of these lost',
  'Well again after',
  'Promised',
] as const;

/** One row for each fault, in the order in which it was first seen, however often it was inflicted. */
export const asTable = (outcomes: readonly Outcome[]): string => {
  const names = [...new Set(outcomes.map(({ fault }) => fault.name))];
  const rows = names.map((name) => row(outcomes.filter(({ fault }) => fault.name === name)));
  return [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
};

/** Requests of all kinds: HTTP, C-ECHO on long associations, datagrams. */
export const requestsOf = ({ traffic: { kept, fresh, names, echoes } }: Outcome) =>
  together([kept, fresh, names, echoes]);

/** What was lost against the promise, in words; nothing when the fault was held to none, or held it. */
export const broken = (outcome: Outcome): string[] => {
  const { fault, traffic, forgotten } = outcome;
  if (fault.promise.kind === 'clients-notice') return [...forgotten];
  return [...forgotten, ...lossesIn(traffic)];
};

const row = (outcomes: readonly Outcome[]): string[] => {
  const [first] = outcomes;
  if (first === undefined) return [];
  const requests = together(outcomes.map(requestsOf));
  const acknowledged = outcomes.reduce((sum, { written }) => sum + written.acknowledged.length, 0);
  const forgotten = outcomes.reduce((sum, one) => sum + one.forgotten.length, 0);
  const wellAfterMs = Math.max(...outcomes.map((one) => one.wellAfterMs));
  const associations = outcomes.reduce((sum, { traffic }) => sum + traffic.associations.lost, 0);
  const { promise } = first.fault;
  return [
    first.fault.name,
    ...[outcomes.length, requests.sent, requests.lost].map(written),
    seconds(requests.longestGapMs),
    ...[associations, requests.sentAgain, acknowledged, forgotten].map(written),
    seconds(wellAfterMs),
    promise.kind === 'nothing-lost' ? 'nothing lost' : promise.why,
  ];
};

const written = (value: number): string => value.toLocaleString('en-GB');
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
