export {
  aCommit,
  anActor,
  anActiveHaStatus,
  anHaStatus,
  aNodeReport,
  aRealServer,
  aRealServerSpec,
  aServiceSpec,
  aSnapshot,
  aVerdict,
  aVirtualService,
  type ServiceFields,
  someTime,
} from './factories.ts';
export { commitId, countingIds, realServerId, virtualServiceId } from './ids.ts';
export { ManualClock } from './manual-clock.ts';
export { type Rule, ruleSpec } from './rule-spec.ts';
