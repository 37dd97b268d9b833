import type { ClientsOfServer } from '@evenkeel/contracts';

/** One client that is tied to a real server, until a moment of this node's own monotonic clock. */
export type Tie = { readonly server: number; readonly address: string; readonly untilMs: number };

/** What is left of a tie, in whole seconds: never more than it has. */
export const secondsLeft = (untilMs: number, nowMs: number): number => Math.floor((untilMs - nowMs) / 1_000);

/** As they are sent and written down: remaining seconds, by server. Those in their last second are left out. */
export const writtenTies = (ties: readonly Tie[], nowMs: number): ClientsOfServer[] => {
  const servers = new Map<number, [string, number][]>();
  for (const { server, address, untilMs } of ties) {
    const seconds = secondsLeft(untilMs, nowMs);
    if (seconds < 1) continue;
    const clients = servers.get(server) ?? [];
    clients.push([address, seconds]);
    servers.set(server, clients);
  }
  return [...servers].map(([server, clients]) => ({ server, clients }));
};
