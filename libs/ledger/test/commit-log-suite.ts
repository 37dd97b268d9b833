import { LogName, type Hash, type Revision } from '@evenkeel/contracts';
import { describe, expect, it } from '@jest/globals';
import { type CommitLogPort, emptyTail, type KeptAnswer, tailAfter, unseal, verifyChain } from '../src/index.ts';
import { sha256 } from './sha256.ts';
import { utf8Length } from './utf8-length.ts';
import { aLog, sealedWords } from './words.ts';

const wholePage = { limit: 10_000, bytesMax: 1_000_000 };
const anAnswer = (fields: Partial<KeptAnswer> = {}): KeptAnswer => ({
  actor: 'admin',
  key: 'key-1',
  contentHash: sha256('content') as Hash,
  answer: '{"revision":1}',
  ...fields,
});

/** What every `CommitLogPort` promises. `open` gives an empty log. */
export const commitLogSuite = (name: string, open: () => Promise<CommitLogPort>): void => {
  describe(name, () => {
    it('starts empty, at revision 0 and without a hash', async () => {
      const log = await open();
      await expect(log.head(aLog)).resolves.toEqual(emptyTail(aLog));
      await expect(log.readPage({ log: aLog, after: 0 as Revision, ...wholePage })).resolves.toEqual({
        head: 0,
        commits: [],
      });
    });

    it('gives back the exact text and hash of what was appended, in order', async () => {
      const log = await open();
      const sealed = sealedWords(['grün', 'quote " and backslash \\', '{"brace"}', 'nul \u0000 and line \n', '😀']);
      await expect(log.append(emptyTail(aLog), sealed, [])).resolves.toBe('appended');
      const { head, commits } = await log.readPage({ log: aLog, after: 0 as Revision, ...wholePage });
      expect(head).toBe(5);
      expect(commits).toEqual(sealed.map(({ body, hash }) => ({ body, hash })));
      expect(verifyChain(commits.map(unseal), emptyTail(aLog), sha256).ok).toBe(true);
      await expect(log.head(aLog)).resolves.toEqual(tailAfter(sealed.at(-1)!));
    });

    it('refuses an append that does not continue the end of the log, and stores nothing of it', async () => {
      const log = await open();
      const first = sealedWords(['one', 'two']);
      const rival = sealedWords(['other'], emptyTail(aLog), 50);
      await log.append(emptyTail(aLog), first, []);
      await expect(log.append(emptyTail(aLog), rival, [anAnswer()])).resolves.toBe('moved');
      const sameRevision = { ...tailAfter(first.at(-1)!), hash: sha256('another history') as Hash };
      await expect(log.append(sameRevision, sealedWords(['x'], sameRevision, 60), [])).resolves.toBe('moved');
      await expect(log.head(aLog)).resolves.toEqual(tailAfter(first.at(-1)!));
      await expect(log.findAnswer(aLog, anAnswer())).resolves.toBeUndefined();
    });

    it('lets exactly one of many appends at the same end through', async () => {
      const log = await open();
      const rivals = Array.from({ length: 8 }, (_, index) =>
        sealedWords([`rival ${index}`], emptyTail(aLog), 100 + index),
      );
      const outcomes = await Promise.all(rivals.map((sealed) => log.append(emptyTail(aLog), sealed, [])));
      expect(outcomes.toSorted()).toEqual(['appended', ...Array<string>(7).fill('moved')]);
      await expect(log.head(aLog)).resolves.toEqual(tailAfter(rivals[outcomes.indexOf('appended')]![0]!));
    });

    it('keeps logs apart', async () => {
      const log = await open();
      const other = LogName.parse('access');
      await log.append(emptyTail(aLog), sealedWords(['one']), [anAnswer()]);
      await expect(log.head(other)).resolves.toEqual(emptyTail(other));
      await expect(log.findAnswer(other, anAnswer())).resolves.toBeUndefined();
      await expect(
        log.append(emptyTail(other), sealedWords(['one'], emptyTail(other), 70), [anAnswer()]),
      ).resolves.toBe('appended');
    });

    it('reads in pages by number', async () => {
      const log = await open();
      const sealed = sealedWords(['a', 'b', 'c', 'd', 'e']);
      await log.append(emptyTail(aLog), sealed, []);
      const page = await log.readPage({ log: aLog, after: 1 as Revision, limit: 2, bytesMax: 1_000_000 });
      expect(page).toEqual({ head: 5, commits: sealed.slice(1, 3).map(({ body, hash }) => ({ body, hash })) });
      await expect(log.readPage({ log: aLog, after: 5 as Revision, ...wholePage })).resolves.toEqual({
        head: 5,
        commits: [],
      });
      await expect(log.readPage({ log: aLog, after: 9 as Revision, ...wholePage })).resolves.toEqual({
        head: 5,
        commits: [],
      });
    });

    it('ends a page before it grows too large, but never before its first commit', async () => {
      const log = await open();
      const sealed = sealedWords(['ü'.repeat(1_000), 'small', 'small too']);
      await log.append(emptyTail(aLog), sealed, []);
      const read = async (bytesMax: number) =>
        (await log.readPage({ log: aLog, after: 0 as Revision, limit: 10, bytesMax })).commits.length;
      const sizes = sealed.map(({ body }) => utf8Length(body));
      await expect(read(1)).resolves.toBe(1);
      await expect(read(sizes[0]! + sizes[1]!)).resolves.toBe(2);
      await expect(read(sizes[0]! + sizes[1]! - 1)).resolves.toBe(1);
    });

    it('keeps answers by log, actor and key, also without a commit', async () => {
      const log = await open();
      await expect(
        log.append(emptyTail(aLog), [], [anAnswer(), anAnswer({ actor: 'other', answer: '2' })]),
      ).resolves.toBe('appended');
      await expect(log.findAnswer(aLog, { actor: 'admin', key: 'key-1' })).resolves.toEqual(anAnswer());
      await expect(log.findAnswer(aLog, { actor: 'other', key: 'key-1' })).resolves.toMatchObject({ answer: '2' });
      await expect(log.findAnswer(aLog, { actor: 'admin', key: 'key-2' })).resolves.toBeUndefined();
      await expect(log.head(aLog)).resolves.toEqual(emptyTail(aLog));
    });

    it('stores nothing when one of the keys has an answer already', async () => {
      const log = await open();
      const first = sealedWords(['one']);
      await log.append(emptyTail(aLog), first, [anAnswer()]);
      const tail = tailAfter(first[0]!);
      const next = sealedWords(['two', 'three'], tail, 80);
      await expect(log.append(tail, next, [anAnswer({ key: 'key-2' }), anAnswer()])).resolves.toBe('duplicate-key');
      await expect(log.head(aLog)).resolves.toEqual(tail);
      await expect(log.findAnswer(aLog, { actor: 'admin', key: 'key-2' })).resolves.toBeUndefined();
    });

    it('stores nothing when two answers have the same key', async () => {
      const log = await open();
      await expect(log.append(emptyTail(aLog), sealedWords(['one']), [anAnswer(), anAnswer()])).resolves.toBe(
        'duplicate-key',
      );
      await expect(log.head(aLog)).resolves.toEqual(emptyTail(aLog));
    });
  });
};
