import { type ClusterRefusal, realServersMax } from '@evenkeel/contracts';
import { refuse } from '@evenkeel/kernel';
import { type Decide, decided } from '../decision.ts';
import { realServerOnServiceAddress } from '../rules/address-loop.ts';
import { realServerAdded } from '../rules/new-service.ts';
import { clashAmong } from '../rules/real-server-clash.ts';
import { misfitsOf } from '../rules/real-server-fits.ts';
import { unknownVirtualService } from '../rules/unknown.ts';
import { realServersOf } from '../state/cluster.ts';

/** A new real server; it starts online, or with the intent that the rest of its machine has. */
export const addRealServer: Decide<'AddRealServer'> = (cluster, { virtualServiceId, realServer }, context) => {
  const service = cluster.virtualServices.get(virtualServiceId);
  if (service === undefined) return refuse(unknownVirtualService(virtualServiceId));
  const errors = misfitsOf(service.spec, realServer, '');
  if (errors.length > 0) return refuse({ kind: 'invalid-combination', errors });
  const members = realServersOf(cluster, virtualServiceId);
  const refusal =
    realServerOnServiceAddress(cluster, realServer) ??
    clashAmong(service.spec, [...members, { spec: realServer }]) ??
    tooMany(members.length);
  if (refusal !== undefined) return refuse(refusal);
  return decided(...realServerAdded(cluster, virtualServiceId, realServer, cluster.nextNumber, context));
};

const tooMany = (present: number): ClusterRefusal | undefined => {
  if (present < realServersMax) return undefined;
  const detail = `the service has ${present} real servers already`;
  return { kind: 'invalid-input', errors: [{ pointer: '', detail, expected: `at most ${realServersMax}` }] };
};
