import { hash } from 'node:crypto';
import { type Cluster, decide, emptyCluster, evolve, touched } from '@evenkeel/cluster';
import { type CommitLog, migrate, openCommitLog } from '@evenkeel/commit-log';
import {
  ClusterCommand,
  type ClusterRefusal,
  clusterLog,
  ClusterName,
  type CommitId,
  type RealServerId,
  type VirtualServiceId,
} from '@evenkeel/contracts';
import { accept, type Result } from '@evenkeel/kernel';
import { newId, SystemClock } from '@evenkeel/kernel/system';
import { type Decision, GroupCommitter, type Wish } from '@evenkeel/ledger';

export type BenchWriter = GroupCommitter<Cluster, ClusterCommand, ClusterRefusal, null>;

export const actor = {
  name: 'bench',
  kind: 'token',
  authenticatedBy: 'token ek_admin_4f12',
  address: '192.168.85.20',
} as const;
export const reason = 'patching the machine';
const log = clusterLog(ClusterName.parse('bench'));

/** The book as a config process opens it. */
export const openBook = async (adminUrl: string): Promise<CommitLog> => {
  await migrate(adminUrl, { config: 'bench', reader: 'bench' });
  const url = new URL(adminUrl);
  [url.username, url.password] = ['evenkeel_config', 'bench'];
  return openCommitLog(url.href, { onFailure: (failure) => console.error(failure) });
};

/** A writer with the real rules that has read everything. */
export const openWriter = async (logPort: CommitLog): Promise<BenchWriter> => {
  const writer: BenchWriter = new GroupCommitter({
    log,
    logPort,
    decide: decideWish,
    evolve,
    initial: { state: emptyCluster, revision: emptyCluster.revision, hash: emptyCluster.hash },
    clock: new SystemClock(),
    newCommitId: () => newId() as CommitId,
    sha256: (text) => hash('sha256', text),
  });
  await writer.catchUp();
  return writer;
};

const decideWish = (
  cluster: Cluster,
  { command }: Wish<ClusterCommand>,
): Result<Decision<Cluster, null>, ClusterRefusal> => {
  const decided = decide(cluster, command, {
    verdictOf: () => 'up',
    newVirtualServiceId: () => newId() as VirtualServiceId,
    newRealServerId: () => newId() as RealServerId,
    nowMs: Date.now(),
    reservedPorts: new Map(),
    hasReason: true,
    hasTicket: false,
    clusterName: 'bench',
  });
  if (!decided.ok) return decided;
  const { events } = decided.value;
  return accept({ events, entities: touched(cluster, events), extra: () => null });
};

/** Sixteen services of four machines each. */
export const addServers = async (writer: BenchWriter): Promise<RealServerId[]> => {
  const ids: RealServerId[] = [];
  for (let number = 0; number < 16; number += 1) {
    const service = {
      label: `DICOM-${number}`,
      address: '192.168.85.150',
      ports: [1_040 + number],
      layer: 7,
      mode: 'tcp',
    };
    const hosts = [1, 2, 3, 4].map((host) => ({ label: `PACS-${host}`, address: `192.168.86.${4 * number + host}` }));
    const command = ClusterCommand.parse({ kind: 'AddVirtualService', service, realServers: hosts });
    const answer = await writer.submit({ command, actor });
    if (!answer.ok) throw new Error(JSON.stringify(answer.refusal));
    for (const event of answer.value.events) if (event.kind === 'RealServerAdded') ids.push(event.realServerId);
  }
  return ids;
};

/** Drains a real server and brings it back, in turns: every call makes a commit. */
export const intentChanges = (writer: BenchWriter, realServerId: RealServerId): (() => Promise<void>) => {
  let isOnline = true;
  return async () => {
    const command: ClusterCommand = isOnline
      ? { kind: 'DrainRealServer', realServerId, clients: 'keep', force: true }
      : { kind: 'BringRealServerOnline', realServerId, whenUp: false };
    const answer = await writer.submit({ command, actor, reason });
    if (!answer.ok || !answer.value.changed) throw new Error(`no commit: ${JSON.stringify(answer)}`);
    isOnline = !isOnline;
  };
};
