import type { ClusterCommand } from '@evenkeel/contracts';
import { refuse } from '@evenkeel/kernel';
import type { Decide, Decided, DecisionContext } from './decision.ts';
import { addRealServer } from './decisions/add-real-server.ts';
import { addVirtualService } from './decisions/add-virtual-service.ts';
import { applyConfiguration } from './decisions/apply-configuration.ts';
import { bringMachineOnline } from './decisions/bring-machine-online.ts';
import { bringRealServerOnline } from './decisions/bring-real-server-online.ts';
import { disableVirtualService } from './decisions/disable-virtual-service.ts';
import { drainMachine } from './decisions/drain-machine.ts';
import { drainRealServer } from './decisions/drain-real-server.ts';
import { duplicateVirtualService } from './decisions/duplicate-virtual-service.ts';
import { enableVirtualService } from './decisions/enable-virtual-service.ts';
import { endAbsence } from './decisions/end-absence.ts';
import { endDrain } from './decisions/end-drain.ts';
import { haltMachine } from './decisions/halt-machine.ts';
import { haltRealServer } from './decisions/halt-real-server.ts';
import { instantiateBlueprint } from './decisions/instantiate-blueprint.ts';
import { modifyRealServer } from './decisions/modify-real-server.ts';
import { modifyVirtualService } from './decisions/modify-virtual-service.ts';
import { removeRealServer } from './decisions/remove-real-server.ts';
import { removeVirtualService } from './decisions/remove-virtual-service.ts';
import { revertCommit } from './decisions/revert-commit.ts';
import { removeCertificate } from './decisions/remove-certificate.ts';
import { removeSecret } from './decisions/remove-secret.ts';
import { setClusterSettings } from './decisions/set-cluster-settings.ts';
import { storeCertificate } from './decisions/store-certificate.ts';
import { storeSecret } from './decisions/store-secret.ts';
import { staleVersion } from './rules/stale-version.ts';
import { whyMissing } from './rules/why-missing.ts';
import type { Cluster } from './state/cluster.ts';

/**
 * What a command makes of the cluster: events, none when nothing has to change, or a named reason why not. The cluster
 * is not changed; the same arguments give the same answer, ids apart. It reads what the command names, never all services;
 * a document names its whole scope.
 */
export const decide = (cluster: Cluster, command: ClusterCommand, context: DecisionContext): Decided => {
  const stale = staleVersion(cluster, command, context.ifMatch);
  if (stale !== undefined) return refuse(stale);
  const decided = decideFresh(cluster, command, context);
  if (!decided.ok) return decided;
  const missing = whyMissing(cluster, decided.value.events, context);
  return missing === undefined ? decided : refuse(missing);
};

const decideFresh = (cluster: Cluster, command: ClusterCommand, context: DecisionContext): Decided => {
  const decideOne = decisions[command.kind] as Decide<ClusterCommand['kind']>;
  return decideOne(cluster, command, context);
};

const decisions: { readonly [Kind in ClusterCommand['kind']]: Decide<Kind> } = {
  AddVirtualService: addVirtualService,
  ModifyVirtualService: modifyVirtualService,
  DuplicateVirtualService: duplicateVirtualService,
  RemoveVirtualService: removeVirtualService,
  EnableVirtualService: enableVirtualService,
  DisableVirtualService: disableVirtualService,
  AddRealServer: addRealServer,
  ModifyRealServer: modifyRealServer,
  RemoveRealServer: removeRealServer,
  DrainRealServer: drainRealServer,
  HaltRealServer: haltRealServer,
  EndDrain: endDrain,
  EndAbsence: endAbsence,
  BringRealServerOnline: bringRealServerOnline,
  DrainMachine: drainMachine,
  HaltMachine: haltMachine,
  BringMachineOnline: bringMachineOnline,
  InstantiateBlueprint: (cluster, command, context) => instantiateBlueprint(cluster, command, context, decideFresh),
  ApplyConfiguration: applyConfiguration,
  RevertCommit: revertCommit,
  SetClusterSettings: setClusterSettings,
  StoreCertificate: storeCertificate,
  RemoveCertificate: removeCertificate,
  StoreSecret: storeSecret,
  RemoveSecret: removeSecret,
};
