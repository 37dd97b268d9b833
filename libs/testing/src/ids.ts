import { type CommitId, type RealServerId, type VirtualServiceId } from '@evenkeel/contracts';

// The same number gives the same id for ever, and the first block says what it names: failures stay readable.

const idFrom = (block: string, number: number): string => `${block}-0000-4000-8000-${String(number).padStart(12, '0')}`;

export const virtualServiceId = (number: number): VirtualServiceId => idFrom('000000a5', number) as VirtualServiceId;
export const realServerId = (number: number): RealServerId => idFrom('000000b5', number) as RealServerId;
export const commitId = (number: number): CommitId => idFrom('000000c0', number) as CommitId;

/** Ids that count up, the first one right after `last`: what a decision takes for `newVirtualServiceId` and `newRealServerId`. */
export const countingIds = (last = 0) => {
  let [services, realServers] = [last, last];
  return {
    newVirtualServiceId: (): VirtualServiceId => virtualServiceId(++services),
    newRealServerId: (): RealServerId => realServerId(++realServers),
  };
};
