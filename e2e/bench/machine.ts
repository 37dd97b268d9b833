import { readFile } from 'node:fs/promises';
import { arch, availableParallelism, cpus, release, totalmem, type } from 'node:os';

/** What the figures were measured on, one line each, as a list in Markdown. */
export const machine = async (): Promise<string> => {
  const [cpu] = cpus();
  const lines = {
    Processor: `${availableParallelism()} × ${cpu?.model ?? 'unknown'} (${arch()})`,
    Memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    System: `${await distribution()}, ${type()} ${release()}`,
    Node: process.version,
  };
  return Object.entries(lines)
    .map(([name, value]) => `- ${name}: ${value}`)
    .join('\n');
};

const distribution = async (): Promise<string> => {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^PRETTY_NAME="(.*)"$/m.exec(text)?.[1] ?? 'unknown distribution';
};
