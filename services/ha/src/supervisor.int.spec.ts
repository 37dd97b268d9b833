import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HaQuestion } from '@evenkeel/contracts';
import { makeTempFolder, type TempFolder, until } from '@evenkeel/testing/lab';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Supervisor } from './supervisor.ts';

let folder: TempFolder;
beforeEach(async () => {
  folder = await makeTempFolder('supervisor');
});
afterEach(() => folder.remove());

/** Its first life leaves a process behind that still has its channel, which is how a message can come late for certain. */
const agent = (marker: string): string => `
  import { spawn } from 'node:child_process';
  import { existsSync, writeFileSync } from 'node:fs';
  const says = (datagram) => ({ kind: 'heartbeat', to: 'lb-b', datagram });
  if (existsSync(${JSON.stringify(marker)})) {
    process.send(says('bGl2ZQ=='));
  } else {
    writeFileSync(${JSON.stringify(marker)}, '');
    const late = JSON.stringify(says('bGF0ZQ=='));
    const stdio = ['ignore', 'ignore', 'ignore', 3];
    spawn('sh', ['-c', 'sleep 0.2; echo "$0" >&3', late], { stdio, detached: true }).unref();
    process.exit(0);
  }
`;

it('does not listen to an agent that has ended: it was told already that it did', async () => {
  const agentProgram = join(folder.path, 'agent.mjs');
  await writeFile(agentProgram, agent(join(folder.path, 'marker')));
  const told: string[] = [];
  const supervisor = new Supervisor(
    { profile: 'safe', port: 6_694, peers: [] },
    { mute: () => undefined },
    {
      agentProgram,
      onSaid: (says) => told.push(says.kind === 'heartbeat' ? says.datagram : says.kind),
      onLastWords: () => undefined,
      onEnded: () => told.push('ended'),
    },
  );
  const running = supervisor.run();
  await until('the next agent is heard', () => Promise.resolve(told.includes('bGl2ZQ==')), {
    withinMs: 30_000,
  }).finally(() => supervisor.stop());
  await running;
  expect(told.slice(0, 2)).toEqual(['ended', 'bGl2ZQ==']);
}, 60_000);

/** Begins when it is told a heartbeat, and repeats whatever it is asked. */
const slowAgent = `
  const says = (datagram) => process.send({ kind: 'heartbeat', to: 'lb-b', datagram });
  process.on('message', (told) => {
    if (told.kind === 'asked') return says('aWQ' + told.id);
    process.send({ kind: 'testament', testament: { words: [] } });
    says('YmVn');
    setInterval(() => process.send({ kind: 'testament', testament: { words: [] } }), 20);
  });
  says('bmV3');
`;

it('asks nothing of an agent that has not begun: the answer would come when nobody waits any more', async () => {
  const agentProgram = join(folder.path, 'agent.mjs');
  await writeFile(agentProgram, slowAgent);
  const told: string[] = [];
  const supervisor = new Supervisor(
    { profile: 'safe', port: 6_694, peers: [] },
    { mute: () => undefined },
    {
      agentProgram,
      onSaid: (says) => void (says.kind === 'heartbeat' && told.push(says.datagram)),
      onLastWords: () => undefined,
      onEnded: () => undefined,
    },
  );
  const running = supervisor.run();
  const hears = (what: string) => until(what, () => Promise.resolve(told.includes(what)), { withinMs: 20_000 });
  const question: HaQuestion = {
    group: 'addresses',
    wish: { kind: 'make-active' },
    dryRun: false,
    actor: { name: 'anna', kind: 'token', authenticatedBy: 'spec' },
  };
  try {
    await hears('bmV3');
    supervisor.tell({ kind: 'asked', id: 1, question });
    supervisor.tell({ kind: 'heartbeat', datagram: 'Z28=' });
    await hears('YmVn');
    supervisor.tell({ kind: 'asked', id: 2, question });
    await hears('aWQ2');
  } finally {
    await supervisor.stop();
  }
  await running;
  expect(told).not.toContain('aWQ1');
}, 60_000);
