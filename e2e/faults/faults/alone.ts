import type { Fault } from '../fault.ts';
import type { Stage } from '../stage.ts';
import { killHaproxy } from '../stack/kill-haproxy.ts';

/** The checkers first: what they say last is what the node goes by, and they have just said that everybody is up. */
const away = ['health', 'gateway', 'config', 'nats', 'postgres'] as const;

/** A lease of ten seconds, and three failures at the pace of the check, on a machine that may be three times slower. */
const ownChecksWithinMs = 45_000;

/**
 * Nobody is left but the worker and HAProxy. HAProxy is killed, a web server dies and comes back, and when the others
 * return there is no reload: nothing has changed.
 */
export const alone = (forMs: number): Fault => ({
  name: `alone in the world for ${forMs / 60_000} min`,
  promise: { kind: 'clients-notice', why: 'HAProxy and a web server are killed meanwhile; nothing else is lost' },
  inflict: async (stage) => {
    const { stack } = stage;
    await stage.settled();
    const endsAtMs = performance.now() + forMs;
    for (const name of away) await stack.part(name).stop();
    await nothingLostFor(stage, forMs / 6);

    await killHaproxy(stack, 'worker');
    await stage.served();
    await nothingLostFor(stage, forMs / 6);

    await stack.killWeb(0);
    await stage.served(ownChecksWithinMs);
    await nothingLostFor(stage, forMs / 6);
    await stack.startWeb(0);
    await nothingLostFor(stage, Math.max(0, endsAtMs - performance.now()));

    const before = await stack.haproxy();
    await Promise.all([stack.part('nats').start(), stack.part('postgres').start()]);
    await stack.part('config').start();
    await Promise.all([stack.part('gateway').start(), stack.part('health').start()]);
    await stage.settled();
    await nothingLostFor(stage, 1_000);
    const after = await stack.haproxy();
    if (JSON.stringify(after) !== JSON.stringify(before)) {
      throw new Error(`HAProxy was reloaded: ${JSON.stringify(before)} became ${JSON.stringify(after)}`);
    }
  },
});

const nothingLostFor = async (stage: Stage, ms: number): Promise<void> => {
  const lost = await stage.lostIn(ms);
  if (lost.length > 0) throw new Error(`alone, and clients lost something: ${lost.join(', ')}`);
};
