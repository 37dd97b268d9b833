import type { Hash, Revision } from '@evenkeel/contracts';
import { ManualClock } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import { held, ScriptedLog } from '../../test/scripted-log.ts';
import { sha256 } from '../../test/sha256.ts';
import { aLog, aWriter, sealedWords, wish, wordsIn } from '../../test/words.ts';
import { emptyTail } from '../tail.ts';
import { verifyChain } from '../verify-chain.ts';
import { NotAppended } from './commit-log-port.ts';
import { BrokenLog, LogContended, LogUnavailable, WriterFull } from './failures.ts';
import type { WriterLimits } from './group-committer.ts';

const setUp = (limits: Partial<WriterLimits> = {}) => {
  const [log, clock] = [new ScriptedLog(), new ManualClock()];
  const writer = aWriter(log, clock, limits);
  const say = (word: string) => writer.submit(wish('say', word));
  const words = () => log.all(aLog).flatMap(({ commit }) => wordsIn(commit));
  return { log, clock, writer, say, words };
};

describe('a writer of one log', () => {
  it('answers a wish with the revision that holds it', async () => {
    const { writer, words } = setUp();
    const first = await writer.submit(wish('say', 'one'));
    expect(first).toMatchObject({ ok: true, value: { revision: 1, changed: true, extra: { count: 1 } } });
    await expect(writer.submit(wish('say', 'two'))).resolves.toMatchObject({
      value: { revision: 2, extra: { count: 2 } },
    });
    expect(words()).toEqual(['one', 'two']);
    expect(writer.state().said).toEqual(['one', 'two']);
  });

  it('writes down who, why, for which ticket and in which trace, and when', async () => {
    const { writer, log, clock } = setUp();
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    await writer.submit(wish('say', 'one', { reason: 'because', ticket: 'T-1', traceId }));
    expect(log.all(aLog)[0]!.commit).toMatchObject({
      actor: wish('say', 'one').actor,
      reason: 'because',
      ticket: 'T-1',
      traceId,
      time: new Date(clock.nowMs()).toISOString(),
      entities: ['word:one'],
    });
  });

  it('says when nothing has to change, and makes no commit', async () => {
    const { writer, words } = setUp();
    await writer.submit(wish('say', 'one'));
    const again = await writer.submit(wish('ensure', 'one'));
    expect(again).toEqual({ ok: true, value: { revision: 1, changed: false, events: [], extra: { count: 1 } } });
    expect(words()).toEqual(['one']);
  });

  it('hands the refusal of a rule through', async () => {
    const { say } = setUp();
    await say('one');
    await expect(say('one')).resolves.toEqual({ ok: false, refusal: { kind: 'said-already', word: 'one' } });
  });

  it('never dates a commit before its elder when the clock was set back', async () => {
    const log = new ScriptedLog();
    const late = aWriter(log, new ManualClock(Date.parse('2026-03-01T10:00:00.000Z')), { writer: 1 });
    await late.submit(wish('say', 'one'));
    const early = aWriter(log, new ManualClock(Date.parse('2026-03-01T09:00:00.000Z')), { writer: 2 });
    await early.catchUp();
    await early.submit(wish('say', 'two'));
    expect(log.all(aLog).map(({ commit }) => commit.time)).toEqual(Array(2).fill('2026-03-01T10:00:00.000Z'));
  });

  it('tells its listeners every commit once and in order, its own and those of others', async () => {
    const { log, writer, say } = setUp();
    const heard: string[] = [];
    writer.onAppended((sealed) => heard.push(...sealed.flatMap(({ commit }) => wordsIn(commit))));
    await say('one');
    await aWriter(log, new ManualClock(), { writer: 1 }).submit(wish('say', 'two'));
    await writer.catchUp();
    await Promise.all([say('three'), say('four')]);
    expect(heard).toEqual(['one', 'two', 'three', 'four']);
  });
});

describe('many wishes at once', () => {
  it('are stored in one append, each as its own commit, in the order in which they came', async () => {
    const { log, say, words } = setUp();
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map(say));
    expect(answers.map((answer) => answer.ok && answer.value.revision)).toEqual([1, 2, 3, 4]);
    expect(words()).toEqual(['a', 'b', 'c', 'd']);
    expect(log.flights).toEqual([4]);
  });

  it('are decided on top of each other', async () => {
    const { say } = setUp();
    const [first, second] = await Promise.all([say('a'), say('a')]);
    expect(first).toMatchObject({ ok: true });
    expect(second).toEqual({ ok: false, refusal: { kind: 'said-already', word: 'a' } });
  });

  it('gather while an append is under way, and nobody sees or hears of them before they are stored', async () => {
    const { log, say, writer } = setUp();
    const append = held();
    log.nextAppends.push(append.take);
    const first = say('a');
    await Promise.resolve();
    let answered = 0;
    const others = ['b', 'c', 'd'].map((word) => say(word).then(() => (answered += 1)));
    await new ManualClock().settle();
    expect(writer.state().said).toEqual([]);
    expect(answered).toBe(0);
    append.letGo();
    await Promise.all([first, ...others]);
    expect(log.flights).toEqual([1, 3]);
  });

  it('go in halves when they are a crowd, and never more than the limit together', async () => {
    const { log, say } = setUp({ groupMax: 50 });
    await Promise.all(Array.from({ length: 160 }, (_, index) => say(`word ${index}`)));
    expect(log.flights.reduce((sum, size) => sum + size)).toBe(160);
    expect(Math.max(...log.flights)).toBeLessThanOrEqual(50);
    expect(log.flights.length).toBeGreaterThan(4);
  });

  it('go one by one when they are huge', async () => {
    const { log, say } = setUp({ groupCharactersMax: 10_000 });
    await Promise.all(['a', 'b', 'c'].map((letter) => say(letter.repeat(9_000))));
    expect(log.flights).toEqual([1, 1, 1]);
  });

  it('are turned away by name when too many wait', async () => {
    const { log, say, words } = setUp({ callsMax: 2 });
    const append = held();
    log.nextAppends.push(append.take);
    const taken = [say('a'), say('b')];
    await expect(say('c')).rejects.toThrow(WriterFull);
    append.letGo();
    await Promise.all(taken);
    await say('d');
    expect(words()).toEqual(['a', 'b', 'd']);
  });

  it('do not suffer from a bug that one of them meets in the rules', async () => {
    const { writer, say, words } = setUp();
    const stumbling = writer.submit(wish('stumble', 'x'));
    const fine = say('a');
    await expect(stumbling).rejects.toThrow('stumbled');
    await fine;
    expect(words()).toEqual(['a']);
  });
});

describe('two writers of one log', () => {
  it('both get their wishes through: the slower one decides again on what the faster one wrote', async () => {
    const { log, say, words, clock } = setUp();
    const rival = aWriter(log, clock, { writer: 1 });
    await rival.submit(wish('say', 'theirs'));
    await expect(say('ours')).resolves.toMatchObject({ value: { revision: 2, extra: { count: 2 } } });
    expect(words()).toEqual(['theirs', 'ours']);
  });

  it('answer no refusal and no "nothing to change" from an old state', async () => {
    const { log, say, writer, clock } = setUp();
    const rival = aWriter(log, clock, { writer: 1 });
    await rival.submit(wish('say', 'one'));
    await expect(writer.submit(wish('ensure', 'one'))).resolves.toMatchObject({
      value: { changed: false, revision: 1 },
    });
    await rival.submit(wish('say', 'two'));
    await expect(say('two')).resolves.toMatchObject({ ok: false, refusal: { word: 'two' } });
    await rival.submit(wish('say', 'three'));
    await expect(say('two')).resolves.toMatchObject({ ok: false });
    expect(writer.state().said).toEqual(['one', 'two', 'three']);
  });

  it('tell a caller who lost too many races, and go on', async () => {
    const { log, say } = setUp({ lostRacesMax: 3 });
    log.nextAppends.push(...Array.from({ length: 4 }, () => () => Promise.resolve('moved' as const)));
    await expect(say('a')).rejects.toThrow(LogContended);
    await expect(say('b')).resolves.toMatchObject({ value: { revision: 1 } });
  });
});

describe('news of other writers', () => {
  it('never end when a neighbour is busy, and do not keep wishes waiting', async () => {
    const { writer, say } = setUp();
    let isBusy = true;
    const neighbour = (async () => {
      while (isBusy) await writer.catchUp();
    })();
    await expect(say('a')).resolves.toMatchObject({ ok: true });
    isBusy = false;
    await neighbour;
  });
});

describe('an idempotency key', () => {
  const keyed = { idempotencyKey: 'key-1' };

  it('gives the same commit again', async () => {
    const { writer, words } = setUp();
    const first = await writer.submit(wish('say', 'one', keyed));
    await expect(writer.submit(wish('say', 'one', keyed))).resolves.toEqual(first);
    expect(words()).toEqual(['one']);
  });

  it('gives the same commit to two calls at once', async () => {
    const { writer, words } = setUp();
    const [first, second] = await Promise.all([1, 2].map(() => writer.submit(wish('say', 'one', keyed))));
    expect(first).toMatchObject({ ok: true, value: { revision: 1 } });
    expect(second).toEqual(first);
    expect(words()).toEqual(['one']);
  });

  it('gives the same commit in another process, also when both are called at once', async () => {
    const { log, writer, clock, words } = setUp();
    const other = aWriter(log, clock, { writer: 1 });
    const [first, second] = await Promise.all([writer, other].map((each) => each.submit(wish('say', 'one', keyed))));
    expect(first).toMatchObject({ ok: true, value: { revision: 1 } });
    expect(second).toEqual(first);
    expect(words()).toEqual(['one']);
  });

  it('gives the first answer also when that one made no commit', async () => {
    const { writer, say } = setUp();
    await say('one');
    const first = await writer.submit(wish('ensure', 'one', keyed));
    await say('two');
    await expect(writer.submit(wish('ensure', 'one', keyed))).resolves.toEqual(first);
    expect(first).toMatchObject({ value: { revision: 1, changed: false } });
  });

  it('is refused for another wish, reason, ticket or version, but not for another trace', async () => {
    const { writer } = setUp();
    const first = await writer.submit(wish('say', 'one', { ...keyed, reason: 'because' }));
    const reused = { ok: false, refusal: { kind: 'idempotency-key-reused', key: 'key-1' } };
    await expect(writer.submit(wish('say', 'two', { ...keyed, reason: 'because' }))).resolves.toEqual(reused);
    await expect(writer.submit(wish('say', 'one', keyed))).resolves.toEqual(reused);
    await expect(writer.submit(wish('say', 'one', { ...keyed, reason: 'because', ticket: 'T' }))).resolves.toEqual(
      reused,
    );
    const versioned = wish('say', 'one', { ...keyed, reason: 'because', ifMatch: 1 as Revision });
    await expect(writer.submit(versioned)).resolves.toEqual(reused);
    const traced = wish('say', 'one', { ...keyed, reason: 'because', traceId: 'f'.repeat(32) });
    await expect(writer.submit(traced)).resolves.toEqual(first);
  });

  it('belongs to the actor who chose it', async () => {
    const { writer } = setUp();
    await writer.submit(wish('say', 'one', keyed));
    const actor = { ...wish('say', 'one').actor, name: 'somebody else' };
    await expect(writer.submit(wish('say', 'two', { ...keyed, actor }))).resolves.toMatchObject({
      value: { revision: 2 },
    });
  });

  it('may be used again after a refusal', async () => {
    const { writer, say } = setUp();
    await say('one');
    await expect(writer.submit(wish('say', 'one', keyed))).resolves.toMatchObject({ ok: false });
    await expect(writer.submit(wish('say', 'two', keyed))).resolves.toMatchObject({ ok: true });
  });
});

describe('a log that fails', () => {
  const lost = new Error('connection lost');

  it('is asked again, and the caller notices nothing but the time', async () => {
    const { log, say, clock, words } = setUp();
    log.nextAppends.push(
      () => Promise.reject(new NotAppended('refused')),
      () => Promise.reject(lost),
    );
    const said = say('one');
    await clock.advance(100);
    await expect(said).resolves.toMatchObject({ value: { revision: 1 } });
    expect(words()).toEqual(['one']);
  });

  it('never doubles a commit when the answer to an append was lost', async () => {
    const { log, say, clock, words } = setUp();
    log.nextAppends.push(async (append) => {
      await append();
      throw lost;
    });
    const said = Promise.all([say('one'), say('two')]);
    await clock.advance(100);
    await expect(said).resolves.toMatchObject([{ value: { revision: 1 } }, { value: { revision: 2 } }]);
    expect(words()).toEqual(['one', 'two']);
  });

  it('never doubles a commit when the lost append is done only after we have looked', async () => {
    const { log, say, clock, words } = setUp();
    let doItLate = () => Promise.resolve();
    log.nextAppends.push(
      (append) => {
        doItLate = async () => void (await append());
        return Promise.reject(lost);
      },
      async (append) => {
        await doItLate(); // the first attempt arrives just before the second
        return append();
      },
    );
    const said = say('one');
    await clock.advance(100);
    await expect(said).resolves.toMatchObject({ value: { revision: 1 } });
    expect(words()).toEqual(['one']);
  });

  it('is reported by name after a while, with what is known about the wish', async () => {
    const { log, say, clock } = setUp({ giveUpMs: 1_000 });
    log.nextAppends.push(() => {
      log.away = lost;
      return Promise.reject(lost);
    });
    const sent = say('one');
    await clock.settle();
    const waiting = say('two');
    const failures = Promise.allSettled([sent, waiting]);
    await clock.advance(5_000);
    const [first, second] = (await failures).map((result) =>
      result.status === 'rejected' ? (result.reason as unknown) : 'fine',
    );
    expect(first).toBeInstanceOf(LogUnavailable);
    expect(first).toMatchObject({ mayBeRecorded: true });
    expect(second).toMatchObject({ name: 'LogUnavailable', mayBeRecorded: false });
  });

  it('is tried once per call while it stays away, and works again when it is back', async () => {
    const { log, say, clock, words } = setUp({ giveUpMs: 1_000 });
    log.away = new NotAppended('nobody listens');
    const first = say('one').catch((failure: unknown) => failure);
    await clock.advance(2_000);
    await expect(first).resolves.toMatchObject({ mayBeRecorded: false });
    await expect(say('two')).rejects.toThrow(LogUnavailable); // at once: nobody moves the clock
    log.away = undefined;
    await say('three');
    expect(words()).toEqual(['three']);
  });

  it('fails a keyed wish in the same way', async () => {
    const { log, writer, clock } = setUp({ giveUpMs: 1_000 });
    log.away = lost;
    const answer = writer.submit(wish('say', 'one', { idempotencyKey: 'k' })).catch((failure: unknown) => failure);
    await clock.advance(2_000);
    await expect(answer).resolves.toMatchObject({ name: 'LogUnavailable', mayBeRecorded: false });
  });
});

describe('what a writer reads', () => {
  it('is checked: a commit that does not continue the chain stops the writer before it can build on it', async () => {
    const { log, writer, say } = setUp();
    await writer.catchUp();
    await say('one');
    const forger = new ScriptedLog();
    await forger.append(emptyTail(aLog), sealedWords(['other', 'two']), []);
    log.readPage = (query) => forger.readPage(query);
    await expect(writer.catchUp()).rejects.toThrow(BrokenLog);
    expect(writer.state().said).toEqual(['one']);
  });

  it('may not be shorter than what was read before, as after the restore of an old copy', async () => {
    const { log, writer, say } = setUp();
    await writer.catchUp();
    await say('one');
    const older = new ScriptedLog();
    log.readPage = (query) => older.readPage(query);
    await expect(writer.catchUp()).rejects.toThrow('the log ends at 0');
  });

  it('may start at a snapshot, which must belong to this log', async () => {
    const log = new ScriptedLog();
    const sealed = sealedWords(['one', 'two', 'three']);
    await log.append(emptyTail(aLog), sealed, []);
    const at = (hash: Hash) => ({ revision: 2 as Revision, hash, said: ['one', 'two'] });
    const right = aWriter(log, new ManualClock(), { writer: 1, initial: at(sealed[1]!.hash) });
    await right.catchUp();
    expect(right.state().said).toEqual(['one', 'two', 'three']);
    const wrong = aWriter(log, new ManualClock(), { writer: 2, initial: at(sealed[0]!.hash) });
    await expect(wrong.catchUp()).rejects.toThrow(BrokenLog);
  });

  it('comes in pages', async () => {
    const log = new ScriptedLog();
    const words = Array.from({ length: 4_500 }, (_, index) => `word ${index}`);
    await log.append(emptyTail(aLog), sealedWords(words), []);
    const writer = aWriter(log, new ManualClock(), { writer: 1 });
    await writer.catchUp();
    expect(writer.state().said).toEqual(words);
    expect(verifyChain(log.all(aLog), emptyTail(aLog), sha256).ok).toBe(true);
  });
});
