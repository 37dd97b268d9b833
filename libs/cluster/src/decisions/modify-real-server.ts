import { readInput, RealServerSpec } from '@evenkeel/contracts';
import { refuse } from '@evenkeel/kernel';
import { changedFields } from '../changed-fields.ts';
import { type Decide, decided } from '../decision.ts';
import { mergePatch } from '../merge-patch.ts';
import { realServerOnServiceAddress } from '../rules/address-loop.ts';
import { tooFewLeft } from '../rules/availability.ts';
import { clashAmong } from '../rules/real-server-clash.ts';
import { misfitsOf } from '../rules/real-server-fits.ts';
import { serverStillRoutedTo } from '../rules/routes.ts';
import { unknownRealServer } from '../rules/unknown.ts';
import { realServersOf, serviceOf } from '../state/cluster.ts';

/**
 * Merges `changes` into the present values. Weight 0 takes a server out of service like a drain does, so it meets the
 * same refusal. The intent stays, also when the address moves it to another machine.
 */
export const modifyRealServer: Decide<'ModifyRealServer'> = (cluster, wish, context) => {
  const { realServerId, changes, force } = wish;
  const realServer = cluster.realServers.get(realServerId);
  if (realServer === undefined) return refuse(unknownRealServer(realServerId));
  const read = readInput(RealServerSpec, mergePatch(realServer.spec, changes));
  if (!read.ok) return refuse({ kind: 'invalid-input', errors: read.refusal });
  const spec = read.value;
  const changed = changedFields(realServer.spec, spec);
  if (changed.length === 0) return decided();

  const service = serviceOf(cluster, realServer).spec;
  const errors = misfitsOf(service, spec, '');
  if (errors.length > 0) return refuse({ kind: 'invalid-combination', errors });
  const others = realServersOf(cluster, realServer.virtualServiceId).filter(({ id }) => id !== realServerId);
  const refusal =
    realServerOnServiceAddress(cluster, spec) ??
    clashAmong(service, [...others, { id: realServerId, spec }]) ??
    (spec.label === realServer.spec.label
      ? undefined
      : serverStillRoutedTo(cluster, realServer.virtualServiceId, realServer.spec.label)) ??
    (spec.weight === 0 ? tooFewLeft(cluster, [realServer], { force }, context) : undefined);
  if (refusal !== undefined) return refuse(refusal);
  return decided({ kind: 'RealServerModified', realServerId, changed, realServer: spec });
};
