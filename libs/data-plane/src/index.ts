export { BothFamilies } from './layer4/both-families.ts';
export { type ClientExchange } from './layer4/clients/client-exchange.ts';
export { ClientSharing, type SharingOutcome } from './layer4/clients/client-sharing.ts';
export { ClientWatch } from './layer4/clients/client-watch.ts';
export { KnownClients } from './layer4/clients/known-clients.ts';
export { layer4Counts } from './layer4/connection-counts.ts';
export { type ConnectionEnding, type ConnectionPath, type UsedPath } from './layer4/connection-path.ts';
export {
  familyOf,
  type Layer4Desired,
  type Layer4Member,
  type Layer4Picture,
  layer4ServicesOf,
} from './layer4/desired.ts';
export { diffLayer4, type Layer4Diff } from './layer4/diff.ts';
export { Layer4Engine } from './layer4/engine.ts';
export { clientsName, markOf, markPrefix, serverOfClients, serverOfMark } from './layer4/names.ts';
export { type NftCommand } from './layer4/nft-command.ts';
export { type Nftables, NftRefused } from './layer4/nftables.ts';
export { families, type Family, layer4Table, type NftRuleset } from './layer4/ruleset.ts';
export {
  type RememberedClient,
  type RememberedClients,
  type RunningChain,
  type RunningLayer4,
  type RunningSet,
} from './layer4/running.ts';
export { trialTransaction } from './layer4/trial.ts';
export { type WantedLayer4, wantedLayer4 } from './layer4/wanted.ts';
export { type ConvergenceTime, ConvergenceTimes } from './fleet/convergence-times.ts';
export {
  convergenceOf,
  emptyFleet,
  type Fleet,
  forgetTheGone,
  presenceOf,
  silentAfterMs,
  takeReport,
  withoutNode,
} from './fleet/fleet.ts';
export { type ForgetRefusal, type Forgetting, judgeForgetting } from './fleet/forget-node.ts';
export { GatheredPeers } from './fleet/gathered-peers.ts';
export {
  aliveEveryMs,
  departedOf,
  type Members,
  noMembers,
  peersOf,
  withMember,
  withoutMember,
} from './fleet/members.ts';
export { limitAboveNode } from './fleet/limit-above-node.ts';
export { forecast } from './forecast/forecast.ts';
export { newsOfRound, type Round } from './journal/news-of-round.ts';
export { inOneLine } from './journal/one-line.ts';
export { JournalOutbox, type JournalStore, type JournalWriter } from './journal/outbox.ts';
export { type Engine, type EngineRound, type EngineSweep } from './engine.ts';
export { adminBits, type AdminState, adminStateFrom } from './layer7/admin-state.ts';
export { CertificateEngine } from './layer7/certificate-engine.ts';
export { type Certificates } from './layer7/certificates.ts';
export { configurationName, isConfigurationName, structureIn } from './layer7/configuration-name.ts';
export { layer7Counts } from './layer7/connection-counts.ts';
export { layer7ServicesOf } from './layer7/desired.ts';
export { Layer7Engine, type Reload } from './layer7/engine.ts';
export {
  type Haproxy,
  type HaproxyFiles,
  HaproxyRefused,
  HaproxyUnreachable,
  type Replacement,
} from './layer7/haproxy.ts';
export { fallbackName, serverName, serviceName } from './layer7/names.ts';
export { reloadCauses } from './layer7/reload-reasons.ts';
export { GatheringPace } from './layer7/reload-pace.ts';
export { serverStateFile, workerSocket } from './layer7/render-frame.ts';
export { certificateFile } from './layer7/render-tls.ts';
export { type RunningLayer7, type RunningServer, type RunningServices } from './layer7/running.ts';
export {
  clientsOf,
  connectionsIn,
  type Counted,
  type ProcessStatistics,
  type Statistics,
} from './layer7/statistics.ts';
export { type Step } from './layer7/step.ts';
export { Traffic } from './layer7/traffic.ts';
export { filesOf, Layer7Wishes, type WantedLayer7 } from './layer7/wanted.ts';
export { type NodeFacts, type Peer, type Picture } from './picture.ts';
export { SlowStarts } from './slow-start/slow-starts.ts';
export { type Warming } from './slow-start/warming.ts';
export { type Reconciled, Reconciler, type Repair, type Swept } from './reconciler.ts';
