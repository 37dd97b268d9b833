import { ClusterSettings } from '@evenkeel/contracts';
import { changedFields } from '../changed-fields.ts';
import { settingsEntity } from '../touched.ts';
import { changedSince, events, type Step } from './step.ts';
import { threeWay } from './three-way.ts';
import type { Timeline } from './timeline.ts';

/** Takes back what a commit did to the cluster's settings. */
export const revertSettings = ({ was, became, now }: Timeline): Step => {
  const present = now.settings.spec;
  const reverted = threeWay({ was: was.settings.spec, became: became.settings.spec, now: present });
  if (!reverted.ok) return changedSince(settingsEntity, 'settings', reverted.changedSince);
  const settings = ClusterSettings.parse(reverted.target);
  const changed = changedFields(present, settings);
  return changed.length === 0 ? events() : events({ kind: 'ClusterSettingsChanged', changed, settings });
};
