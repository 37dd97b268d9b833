import { type Layer4Forecast } from '@evenkeel/contracts';
import { type Layer4Picture } from '../layer4/desired.ts';
import { diffLayer4 } from '../layer4/diff.ts';
import { families, type NftRuleset } from '../layer4/ruleset.ts';
import { type RunningLayer4 } from '../layer4/running.ts';
import { wantedLayer4 } from '../layer4/wanted.ts';
import { textDiff } from './text-diff.ts';

const differencesMax = 50;

/** What a kernel that runs `before` will be asked to do to run `after`. */
export const forecastLayer4 = (before: Layer4Picture, after: Layer4Picture): Layer4Forecast => {
  const [served, wanted] = [before, after].map((picture) => families.map((family) => wantedLayer4(picture, family)));
  const diffs = (wanted ?? []).map(({ ruleset }, index) => diffLayer4(ruleset, runningAs(served?.[index]?.ruleset)));
  const transactions = diffs.filter(({ transaction }) => transaction.length > 0).length;
  const textOf = (tables: typeof wanted): string => (tables ?? []).flatMap(({ text }) => text).join('');
  return {
    method: transactions > 0 ? 'runtime' : 'none',
    transactions,
    differences: diffs.flatMap(({ differences }) => differences).slice(0, differencesMax),
    configuration: textDiff('evenkeel.nft', textOf(served), textOf(wanted)),
  };
};

/** What would be listed of a kernel that runs `ruleset`. */
const runningAs = (ruleset: NftRuleset | undefined): RunningLayer4 | undefined =>
  ruleset && {
    family: ruleset.family,
    sets: new Map([...ruleset.sets].map(([name, set]) => [name, { ...set, flags: ['timeout'] }])),
    counters: ruleset.counters,
    chains: ruleset.chains,
    strangers: [],
  };
