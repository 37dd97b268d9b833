import { ManualClock } from '@evenkeel/testing';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Chance, chanceFrom } from '../../test/chance.ts';
import { FaultyLog } from '../../test/faulty-log.ts';
import { sha256 } from '../../test/sha256.ts';
import { aLog, aWriter, wish, wordsIn, type WordWriter } from '../../test/words.ts';
import { emptyTail } from '../tail.ts';
import { verifyChain } from '../verify-chain.ts';
import { LogContended, LogUnavailable } from './failures.ts';

/** What one caller was told about a word; undefined revision: not recorded, as far as the caller knows. */
type Told = {
  readonly caller: number;
  readonly word: string;
  readonly revision?: number;
  readonly mayBeRecorded: boolean;
};

const wordsEach = 12;
const callers = 6;

/** Says its words one after the other. A caller with keys asks again after a failure, as a careful client does. */
const runCaller = async (writer: WordWriter, caller: number, told: Told[], chance: Chance): Promise<void> => {
  const hasKeys = caller % 2 === 0;
  for (let number = 0; number < wordsEach; number += 1) {
    // A few words are common to all callers, so that some wishes must be refused.
    const isCommon = chance() < 0.2;
    const word = isCommon ? `common ${number}` : `${caller}/${number}`;
    const kind = isCommon ? (chance() < 0.5 ? 'ensure' : 'say') : 'repeat';
    const key = hasKeys ? { idempotencyKey: `${caller}/${number}` } : {};
    for (let attempt = 0, isOver = false; !isOver && attempt < 50; attempt += 1) {
      try {
        const answer = await writer.submit(wish(kind, word, key));
        told.push({ caller, word, mayBeRecorded: false, ...(answer.ok && { revision: answer.value.revision }) });
        isOver = true;
      } catch (failure) {
        expect([LogUnavailable, LogContended].some((kindOf) => failure instanceof kindOf)).toBe(true);
        const mayBeRecorded = failure instanceof LogUnavailable && failure.mayBeRecorded;
        if (!hasKeys) told.push({ caller, word, mayBeRecorded });
        isOver = !hasKeys;
      }
    }
  }
};

const passTime = async (clock: ManualClock, work: Promise<unknown>): Promise<void> => {
  let isOver = false;
  const watched = work.finally(() => (isOver = true));
  for (let step = 0; !isOver && step < 20_000; step += 1) await clock.advance(10);
  await watched;
};

it('two writers on a log behind a bad line lose nothing, double nothing, reorder nothing, and lie to nobody', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1 }), async (seed) => {
      const [clock, chance] = [new ManualClock(), chanceFrom(seed)];
      const log = new FaultyLog(clock, chance);
      const writers = [1, 2].map((writer) => aWriter(log, clock, { writer, giveUpMs: 300 }));
      const heard = writers.map((writer) => {
        const words: string[] = [];
        writer.onAppended((sealed) => words.push(...sealed.flatMap(({ commit }) => wordsIn(commit))));
        return words;
      });
      const told: Told[] = [];
      const running = Array.from({ length: callers }, (_, caller) =>
        runCaller(writers[caller % 3 === 0 ? 0 : 1]!, caller, told, chance),
      );
      await passTime(clock, Promise.all(running));
      await clock.advance(1_000); // whatever is still on the line arrives
      log.isFaulty = false;
      await passTime(clock, Promise.all(writers.map((writer) => writer.catchUp())));

      const words = log.all(aLog).flatMap(({ commit }) => wordsIn(commit));
      expect(verifyChain(log.all(aLog), emptyTail(aLog), sha256).ok).toBe(true);
      expect(new Set(words).size).toBe(words.length);
      for (const writer of writers) expect(writer.state().said).toEqual(words);
      for (const each of heard) expect(each).toEqual(words);
      for (const { word, revision, mayBeRecorded } of told) {
        if (revision !== undefined) expect(words.indexOf(word)).toBeGreaterThan(-1);
        else if (!mayBeRecorded && !word.startsWith('common')) expect(words).not.toContain(word);
      }
      for (let caller = 0; caller < callers; caller += 1) {
        const own = told.filter((one) => one.caller === caller && one.word.startsWith(`${caller}/`));
        const revisions = own.flatMap(({ revision }) => revision ?? []);
        expect(revisions).toEqual(revisions.toSorted((a, b) => a - b));
        for (const { word, revision } of own) if (revision !== undefined) expect(words[revision - 1]).toBe(word);
        // With a key, asking until there is an answer always ends in "recorded".
        if (caller % 2 === 0) expect(own.every(({ revision }) => revision !== undefined)).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);
