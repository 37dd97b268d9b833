import { places, type Side, type TestSegment } from '@evenkeel/ha/test';
import type { Traffic } from './traffic.ts';

/** What goes wrong, or is wanted, with the node that serves. */
export const faults = ['link cut', 'power loss', 'agent killed', 'agent frozen', 'planned handover'] as const;
export type Fault = (typeof faults)[number];

/** A pair of nodes in a segment of its own, one of which serves. */
export type Contender = {
  readonly segment: TestSegment;
  readonly traffic: Traffic;
  /** Who serves now. */
  readonly serving: Side;
  /** Done when it has happened: nothing is waited for. */
  inflict(fault: Fault): Promise<void>;
  /** Resolves when all that was broken runs again, one of the two serves, and the other one could take over. */
  recover(fault: Fault): Promise<void>;
  dispose(): Promise<void>;
};

/** Everything that runs on a node ends at once, its kernel's memory included, and its cable is dead. */
export const losePower = async ({ segment }: Pick<Contender, 'segment'>, side: Side): Promise<void> => {
  const host = segment.host(side);
  await Promise.all([host.endAll(), host.linkDown()]);
};

/** A machine that starts again knows of no rules, and has its own address only. */
export const powerUp = async (
  { segment, traffic }: Pick<Contender, 'segment' | 'traffic'>,
  side: Side,
): Promise<void> => {
  const host = segment.host(side);
  await host.run('nft', ['flush', 'ruleset']);
  await host.run('ip', ['address', 'flush', 'dev', 'eth0', 'to', `${places.vip}/32`]);
  await traffic.startServer(side);
  await host.linkUp();
};
