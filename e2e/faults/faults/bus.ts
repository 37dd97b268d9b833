import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { configStream, verdictBucket } from '@evenkeel/contracts';
import { runOrThrow } from '@evenkeel/testing/lab';
import { nodeArguments } from '../../support/node-arguments.ts';
import { type Fault, nothingLost } from '../fault.ts';
import { ports, type Stack } from '../stack/stack.ts';

const awayMs = [1_000, 8_000] as const;

/** A table of our own in the node's namespace, where nobody but the lab sees it. */
const nft = async (stack: Stack, commands: string): Promise<void> => {
  await runOrThrow('ip', ['netns', 'exec', stack.node.namespace, 'nft', '-f', '-'], { input: commands });
};

/** Whatever goes to NATS or comes from it on this machine meets `verdict` until the answer is called. */
const between = async (stack: Stack, verdict: string): Promise<() => Promise<void>> => {
  const rules = ['dport', 'sport'].map((side) => `tcp ${side} ${ports.nats} ${verdict}`).join('\n');
  await nft(stack, `table ip faults {\n chain cut {\n type filter hook input priority 0;\n ${rules}\n }\n}\n`);
  return () => nft(stack, 'delete table ip faults\n');
};

const cut: Fault = {
  name: 'connections to NATS cut',
  promise: nothingLost,
  inflict: async ({ stack }, chance) => {
    const heal = await between(stack, 'reject with tcp reset');
    await rest(chance.between(...awayMs));
    await heal();
  },
};

const halfOpen: Fault = {
  name: 'connections to NATS half-open',
  promise: nothingLost,
  inflict: async ({ stack }, chance) => {
    const heal = await between(stack, 'drop');
    await rest(chance.between(...awayMs));
    await heal();
  },
};

const deleted = (name: string, stream: string): Fault => ({
  name,
  promise: nothingLost,
  inflict: async ({ stack }) => {
    const main = join(import.meta.dirname, '../programs/delete-stream-main.ts');
    const settings = Object.entries(stack.bus).map(([key, value]) => `${key}=${value}`);
    const args = [...settings, 'node', ...nodeArguments, main, stream];
    const { code, stderr } = await stack.node.run('env', args, { timeoutMs: 90_000 });
    if (code !== 0) throw new Error(stderr);
  },
});

export const busFaults: readonly Fault[] = [
  cut,
  halfOpen,
  deleted('JetStream stream of commits deleted', configStream),
  deleted('JetStream bucket of verdicts deleted', `KV_${verdictBucket}`),
];
