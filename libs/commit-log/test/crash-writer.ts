// A process that is going to be killed: `crash-writer.ts <url> <number>`. It writes words into the log, some callers at
// once, and says on standard output what it was told: `ack <revision> <word>`, `doubt <word>` or `none <word>`.
import { hash as digest } from 'node:crypto';
import { writeSync } from 'node:fs';
import { type ClusterEvent, type CommitId, LogName } from '@evenkeel/contracts';
import { accept } from '@evenkeel/kernel';
import { newId, SystemClock } from '@evenkeel/kernel/system';
import { GroupCommitter, LogUnavailable } from '@evenkeel/ledger';
import { anActor } from '@evenkeel/testing';
import { openCommitLog } from '../src/index.ts';

const [url = '', number = ''] = process.argv.slice(2);
const callers = 4;

/** Postgres has been killed as well, perhaps; the test ends us if it never comes back. */
const untilItWorks = async <T>(attempt: () => Promise<T>): Promise<T> => {
  for (;;) {
    try {
      return await attempt();
    } catch {
      await clock.rest(10).over;
    }
  }
};

const clock = new SystemClock();
const log = LogName.parse('cluster:radiology');
const logPort = await untilItWorks(() => openCommitLog(url, { onFailure: () => {} }));
const wordEvent = (word: string): ClusterEvent => ({
  kind: 'BlueprintInstantiated',
  name: word,
  version: 1,
  parameters: {},
});
const { revision, hash } = await untilItWorks(() => logPort.head(log));
const writer = new GroupCommitter({
  log,
  logPort,
  decide: (_: null, { command }: { command: string }) =>
    accept({ events: [wordEvent(command)], entities: [command], extra: () => null }),
  evolve: (state: null) => state,
  initial: { state: null, revision, hash },
  clock,
  newCommitId: () => newId() as CommitId,
  sha256: (text) => digest('sha256', text),
  limits: { giveUpMs: 300 },
});

const say = (line: string): void => void writeSync(1, `${line}\n`);

/** The odd callers have keys and ask until they are answered. */
const call = async (caller: number): Promise<never> => {
  for (let count = 0; ; count += 1) {
    const word = `${number}/${caller}/${count}`;
    const key = caller % 2 === 1 ? { idempotencyKey: word } : {};
    for (let isOver = false; !isOver;) {
      try {
        const answer = await writer.submit({ command: word, actor: anActor(), ...key });
        if (answer.ok) say(`ack ${answer.value.revision} ${word}`);
        isOver = true;
      } catch (failure) {
        isOver = caller % 2 === 0;
        if (isOver) say(`${failure instanceof LogUnavailable && failure.mayBeRecorded ? 'doubt' : 'none'} ${word}`);
      }
    }
  }
};

say('ready');
await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)));
