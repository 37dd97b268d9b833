import { setTimeout as rest } from 'node:timers/promises';
import type { CommitLog } from '@evenkeel/commit-log';
import type { RealServerId } from '@evenkeel/contracts';
import { addServers, type BenchWriter, intentChanges, openBook, openWriter } from './append/bench-book.ts';
import { type BareTable, openBareTable } from './append/bare-table.ts';
import { type EmmettStore, openEmmett } from './append/emmett-store.ts';
import { withPostgres } from './bench-postgres.ts';
import type { BenchRow } from './bench-row.ts';

const blocks = 20;
const warmUpBlocks = 4;
const appendsPerBlock = 250;
const crowdMs = 5_000;
const crowdWarmUpMs = 2_000;

/** Appending commits, the whole way of a wish through the writer: decide, seal, store, answer. */
export const run = (): Promise<BenchRow[]> =>
  withPostgres(async (adminUrl) => {
    const book = await openBook(adminUrl);
    const emmett = await openEmmett(adminUrl);
    const bare = await openBareTable(adminUrl);
    try {
      const writer = await openWriter(book);
      const servers = await addServers(writer);
      const serial = await oneAfterTheOther(intentChanges(writer, servers[0]!), emmett, bare);
      const together = await manyAtOnce(writer, servers);
      return [...serial, together, await readAll(book)];
    } finally {
      await bare.close();
      await emmett.close();
      await book.close();
    }
  });

/** All in short turns, so that a neighbour's noise meets all; the middle of the ratios of all turns. */
const oneAfterTheOther = async (
  append: () => Promise<void>,
  emmett: EmmettStore,
  bare: BareTable,
): Promise<BenchRow[]> => {
  const turns: { readonly ours: number; readonly theirs: number; readonly bare: number }[] = [];
  for (let turn = 0; turn < warmUpBlocks + blocks; turn += 1) {
    const ours = await perSecond(append);
    const theirs = await perSecond(() => emmett.append());
    const floor = await perSecond(() => bare.insert());
    if (turn >= warmUpBlocks) turns.push({ ours, theirs, bare: floor });
  }
  const ratio = median(turns.map(({ ours, theirs }) => ours / theirs));
  const [value, unit] = [median(turns.map(({ ours }) => ours)), 'per s'];
  const peer = { name: 'Emmett', value: median(turns.map(({ theirs }) => theirs)) };
  return [
    { name: 'Commits one after the other', value, unit, peer, ratio, target: 'at least 3 × Emmett', met: ratio >= 3 },
    {
      name: 'floor: rows inserted one after the other, nothing decided, no index but the key',
      value: median(turns.map(({ bare: floor }) => floor)),
      unit,
      peer,
      ratio: median(turns.map(({ bare: floor, theirs }) => floor / theirs)),
    },
  ];
};

const perSecond = async (append: () => Promise<void>): Promise<number> => {
  const startMs = performance.now();
  for (let done = 0; done < appendsPerBlock; done += 1) await append();
  return (appendsPerBlock * 1_000) / (performance.now() - startMs);
};

/** One caller per real server, each waiting for its own answer before it asks again. */
const manyAtOnce = async (writer: BenchWriter, servers: readonly RealServerId[]): Promise<BenchRow> => {
  let committed = 0;
  let isOver = false;
  const callers = servers.map(async (server) => {
    const change = intentChanges(writer, server);
    for (; !isOver; committed += 1) await change();
  });
  await rest(crowdWarmUpMs);
  const [before, startMs] = [committed, performance.now()];
  await rest(crowdMs);
  const value = ((committed - before) * 1_000) / (performance.now() - startMs);
  isOver = true;
  await Promise.all(callers);
  const name = `Commits of ${servers.length} callers at once`;
  return { name, value, unit: 'per s', target: 'at least 20,000 per s', met: value >= 20_000 };
};

/** What a config process does at its start without a snapshot: read, check every hash, fold. */
const readAll = async (book: CommitLog): Promise<BenchRow> => {
  const startMs = performance.now();
  const { revision } = (await openWriter(book)).state();
  const value = (revision * 1_000) / (performance.now() - startMs);
  return { name: `Commits read, checked and folded (${revision.toLocaleString('en-GB')})`, value, unit: 'per s' };
};

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
