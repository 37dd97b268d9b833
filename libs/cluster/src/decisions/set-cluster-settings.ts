import { ClusterSettings, readInput } from '@evenkeel/contracts';
import { refuse } from '@evenkeel/kernel';
import { changedFields } from '../changed-fields.ts';
import { type Decide, decided } from '../decision.ts';
import { mergePatch } from '../merge-patch.ts';

/** Merges `changes` into the present settings; `null` gives a default back. What they demand, they demand of the next write. */
export const setClusterSettings: Decide<'SetClusterSettings'> = ({ settings: { spec } }, { changes }) => {
  const read = readInput(ClusterSettings, mergePatch(spec, changes));
  if (!read.ok) return refuse({ kind: 'invalid-input', errors: read.refusal });
  const changed = changedFields(spec, read.value);
  if (changed.length === 0) return decided();
  return decided({ kind: 'ClusterSettingsChanged', changed, settings: read.value });
};
