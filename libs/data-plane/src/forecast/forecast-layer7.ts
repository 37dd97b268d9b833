import { type Hash, type Layer7Forecast } from '@evenkeel/contracts';
import { diffServices } from '../layer7/diff.ts';
import { groundOf } from '../layer7/membership.ts';
import { reasonsToReload } from '../layer7/reload-reasons.ts';
import { runningAs } from '../layer7/running-as.ts';
import { Layer7Wishes, type WantedLayer7 } from '../layer7/wanted.ts';
import { type Picture } from '../picture.ts';
import { textDiff } from './text-diff.ts';

/**
 * What a HAProxy that runs `before` will do to run `after`, decided as `Layer7Engine` decides it. `addsCookies`: see
 * `RunningLayer7`. `hash`: SHA-256.
 */
export const forecastLayer7 = (
  before: Picture,
  after: Picture,
  addsCookies: boolean,
  hash: (text: string) => Hash,
): Layer7Forecast => {
  const wishes = new Layer7Wishes(hash);
  const [served, { wanted }] = [wishes.of(before).wanted, wishes.of(after)];
  const running = runningAs(served, addsCookies);
  const reasons = reasonsToReload({ wanted, scope: wanted.services, running, served, refusal: undefined });
  const reloadReasons = reasons.map(({ words }) => words);
  const isReload = reloadReasons.length > 0;
  const runtimeCommands = commandsFrom(isReload ? runningAs(wanted, addsCookies, true) : running, served, wanted);
  return {
    method: isReload ? 'reload' : runtimeCommands > 0 ? 'runtime' : 'none',
    runtimeCommands,
    reloads: isReload ? 1 : 0,
    reloadReasons,
    configuration: textDiff('haproxy.cfg', served.pieces.join(''), wanted.pieces.join('')),
  };
};

/** A wish that was there before is done: its deed is not done again. */
const commandsFrom = (running: ReturnType<typeof runningAs>, served: WantedLayer7, wanted: WantedLayer7): number => {
  const done = new Set(served.services.flatMap(({ desired }) => desired.servers.map(({ intent }) => intent)));
  const services = wanted.services.map(({ desired }) => desired);
  return diffServices(services, groundOf(running, wanted.structure), (wish) => done.has(wish)).steps.length;
};
