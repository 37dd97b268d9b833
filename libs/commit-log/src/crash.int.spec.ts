import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as rest } from 'node:timers/promises';
import type { Commit, Revision } from '@evenkeel/contracts';
import { emptyTail, verifyChain } from '@evenkeel/ledger';
import { aLog, chanceFrom, sha256, wordsIn } from '@evenkeel/ledger/test';
import { expect, it } from '@jest/globals';
import { TestPostgres } from '../test/postgres.ts';
import { type CommitLog, openCommitLog } from './index.ts';

// Repeat a run with CRASH_SEED=<number>: the same faults in the same order. When exactly they strike is up to the machine.
const seed = Number(process.env.CRASH_SEED ?? 20_261_122);
const rounds = 200;
/** For all rounds; some two minutes are usual. */
const patienceMs = 800_000;
const folder = import.meta.dirname;

/** What the writers said, over all their lives. */
type Told = { readonly acks: Map<string, number>; readonly none: Set<string>; readonly deaths: string[] };

/** A writing process. Every life has a number of its own. */
class Writer {
  private static lives = 0;
  private child: ChildProcess;
  /** After everything was heard that it said before its end. */
  private closed: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly url: string,
    private readonly told: Told,
  ) {
    this.child = this.spawn();
  }

  async killAndRestart(): Promise<void> {
    await this.kill();
    this.child = this.spawn();
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.closed;
  }

  private spawn(): ChildProcess {
    const number = (Writer.lives += 1);
    const args = ['--import', join(folder, '../../../tools/ts-hooks.mjs'), join(folder, '../test/crash-writer.ts')];
    const child = spawn(process.execPath, [...args, this.url, String(number)], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    this.closed = once(child, 'close');
    child.once('exit', (code, signal) => {
      if (signal !== 'SIGKILL') this.told.deaths.push(`writer ${number} ended by itself, status ${code}`);
    });
    createInterface(child.stdout).on('line', (line) => this.hear(line));
    return child;
  }

  private hear(line: string): void {
    const [kind, ...words] = line.split(' ');
    if (kind === 'ack') this.told.acks.set(words[1]!, Number(words[0]));
    if (kind === 'none') this.told.none.add(words[0]!);
  }
}

const readAll = async (log: CommitLog): Promise<Commit[]> => {
  let tail = emptyTail(aLog);
  const commits: Commit[] = [];
  for (;;) {
    const page = await log.readAfter(aLog, commits.length as Revision, 5_000);
    const walked = verifyChain(page, tail, sha256);
    if (!walked.ok) throw new Error(`the chain is broken: ${JSON.stringify(walked.refusal)}`);
    tail = walked.value;
    commits.push(...page.map(({ commit }) => commit));
    if (page.length === 0) return commits;
  }
};

it(`whatever is killed when, over ${rounds} rounds, nothing acknowledged is lost, doubled or reordered`, async () => {
  const chance = chanceFrom(seed);
  const startedAt = performance.now();
  const told: Told = { acks: new Map(), none: new Set(), deaths: [] };
  const server = await TestPostgres.start();
  const { config } = await server.database();
  const [first, second] = [new Writer(config, told), new Writer(config, told)];
  const restart = (writer: Writer) => () => writer.killAndRestart();
  const crashPostgres = () => server.killOneProcess(chance());
  const killPostgres = () => server.kill().then(() => server.resume());
  const killEverything = () => Promise.all([killPostgres(), restart(first)(), restart(second)()]).then(() => {});
  // The dear ones are rarer: starting Postgres takes most of a round.
  const cheap = [restart(first), restart(second), crashPostgres];
  const faults = [...cheap, ...cheap, killPostgres, killEverything];
  try {
    for (let round = 1; round <= rounds; round += 1) {
      if (performance.now() - startedAt > patienceMs) throw new Error(`seed ${seed}: too slow, ${round} rounds only`);
      await progress(told, round);
      await rest(chance() * 30);
      await faults[Math.floor(chance() * faults.length)]!();
    }
    await progress(told, rounds);
    await Promise.all([first.kill(), second.kill()]);
    const log = await openCommitLog(config, { onFailure: () => {} });
    check(await readAll(log), told);
    await log.close();
  } finally {
    await Promise.all([first.kill(), second.kill()]);
    await server.stop();
  }
}, 900_000);

/** Something new was acknowledged: without this, faults would only hit each other. */
const progress = async (told: Told, round: number): Promise<void> => {
  const before = told.acks.size;
  for (let attempt = 0; told.acks.size === before; attempt += 1) {
    if (attempt > 6_000) throw new Error(`round ${round}, seed ${seed}: nothing was acknowledged for 30 s`);
    await rest(5);
  }
};

const check = (commits: readonly Commit[], { acks, none, deaths }: Told): void => {
  expect(deaths).toEqual([]);
  const words = commits.flatMap(wordsIn);
  expect(new Set(words).size).toBe(words.length);
  expect(acks.size).toBeGreaterThan(rounds);
  for (const [word, revision] of acks) {
    if (words[revision - 1] !== word)
      throw new Error(`seed ${seed}: ${word} was acknowledged as ${revision} and is not there`);
  }
  const lies = words.filter((word) => none.has(word));
  expect(lies).toEqual([]);
  const order = Object.values(Object.groupBy(words, (word) => word.slice(0, word.lastIndexOf('/'))));
  for (const own of order) expect(own).toEqual(own?.toSorted((a, b) => countOf(a) - countOf(b)));
};

const countOf = (word: string): number => Number(word.slice(word.lastIndexOf('/') + 1));
