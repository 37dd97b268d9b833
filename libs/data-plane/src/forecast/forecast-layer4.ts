import { type Layer4Forecast } from '@evenkeel/contracts';
import { type Layer4Picture } from '../layer4/desired.ts';
import { diffLayer4 } from '../layer4/diff.ts';
import { type NftRuleset } from '../layer4/ruleset.ts';
import { type RunningLayer4 } from '../layer4/running.ts';
import { wantedLayer4 } from '../layer4/wanted.ts';
import { textDiff } from './text-diff.ts';

const differencesMax = 50;

/** What a kernel that runs `before` will be asked to do to run `after`. */
export const forecastLayer4 = (before: Layer4Picture, after: Layer4Picture): Layer4Forecast => {
  const [served, wanted] = [wantedLayer4(before), wantedLayer4(after)];
  const { differences, transaction } = diffLayer4(wanted.ruleset, runningAs(served.ruleset));
  const isChanging = transaction.length > 0;
  return {
    method: isChanging ? 'runtime' : 'none',
    transactions: isChanging ? 1 : 0,
    differences: differences.slice(0, differencesMax),
    configuration: textDiff('evenkeel.nft', served.text.join(''), wanted.text.join('')),
  };
};

/** What would be listed of a kernel that runs `ruleset`. */
const runningAs = (ruleset: NftRuleset | undefined): RunningLayer4 | undefined =>
  ruleset && {
    sets: new Map([...ruleset.sets].map(([name, set]) => [name, { ...set, flags: ['timeout'] }])),
    counters: ruleset.counters,
    chains: ruleset.chains,
    strangers: [],
  };
