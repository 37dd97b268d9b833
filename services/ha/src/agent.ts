import { DeadMan } from '@evenkeel/nftables';
import type { Log } from '@evenkeel/telemetry';
import { type AgentSays, SupervisorSays } from './agent-says.ts';
import { BoundedSender } from './bounded-sender.ts';
import { inWords } from './in-words.ts';
import { Memory } from './memory.ts';
import { Participant } from './participant.ts';
import { haSettingsFrom } from './settings.ts';

/** The agent of this process, and what it says to its supervisor. Knows no bus: nothing is done here but the election. */
export const startAgent = async (log: Log): Promise<void> => {
  const settings = haSettingsFrom(process.env);
  const hasBus = settings.nats !== undefined;
  const supervisor = new BoundedSender<AgentSays>((says, isTaken) => process.send?.(says, isTaken));
  const participant = await Participant.start(settings, new DeadMan(settings.addresses), new Memory(settings.folder), {
    now: () => performance.now(),
    nowMs: () => Date.now(),
    onNews: (news, status) => {
      log.info(inWords(news));
      supervisor.send({ kind: 'news', news, status });
    },
    onStatus: (status) => supervisor.send({ kind: 'status', status }),
    onFailure: (err) => log.error('an action of the election failed', { err }),
    onHeartbeat: (to, datagram) => {
      if (hasBus) supervisor.send({ kind: 'heartbeat', to, datagram: Buffer.from(datagram).toString('base64') });
    },
    onTestament: (testament) => supervisor.send({ kind: 'testament', testament }),
  });
  process.on('message', (message) => {
    const says = SupervisorSays.safeParse(message).data;
    if (says === undefined) return;
    if (says.kind === 'heartbeat') return participant.takeHeartbeat(Buffer.from(says.datagram, 'base64'));
    const { id } = says;
    participant.ask(says.question, (answer) => supervisor.send({ kind: 'answer', id, answer }));
  });
  // Without a supervisor nobody would speak for it.
  process.once('disconnect', () => process.exit(1));
};
