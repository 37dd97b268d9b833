import type { JsonClient } from '../support/json-client.ts';
import type { Acknowledged } from './scribe.ts';

/** Where the book does not hold what was acknowledged, one wish after the other, in this order; in words. */
export const forgottenOf = async (api: JsonClient, acknowledged: readonly Acknowledged[]): Promise<string[]> => {
  const forgotten: string[] = [];
  let before = 0;
  for (const { revision, reason } of acknowledged) {
    if (revision <= before) forgotten.push(`revision ${revision} was acknowledged after ${before}`);
    before = revision;
    const commit = await api.get<{ reason?: string }>(`/commits/${revision}`);
    if (commit.reason !== reason) forgotten.push(`revision ${revision} is not "${reason}" but "${commit.reason}"`);
  }
  return forgotten;
};
