import {
  type ClusterEvent,
  type Commit,
  type CommitId,
  type Hash,
  LogName,
  noHash,
  noRevision,
  type Revision,
  type SealedCommit,
} from '@evenkeel/contracts';
import { accept, assert, type Clock, refuse, type Result } from '@evenkeel/kernel';
import { anActor, commitId, someTime } from '@evenkeel/testing';
import {
  type CommitLogPort,
  type Decision,
  emptyTail,
  GroupCommitter,
  seal,
  type Tail,
  tailAfter,
  type WriterLimits,
  type Wish,
} from '../src/index.ts';
import { sha256 } from './sha256.ts';

// The smallest rules that can tell right from wrong: a log of words.

export const aLog = LogName.parse('cluster:radiology');

/**
 * When the word was said already, `say` is refused, `ensure` changes nothing, and `repeat` says it again. `stumble` is a
 * bug in the rules.
 */
export type WordCommand = { readonly kind: 'say' | 'ensure' | 'repeat' | 'stumble'; readonly word: string };
export type WordRefusal = { readonly kind: 'said-already'; readonly word: string };
/** How many words there are after the command. */
export type WordExtra = { readonly count: number };
export type Words = { readonly revision: Revision; readonly hash: Hash; readonly said: readonly string[] };

const noWords: Words = { revision: noRevision, hash: noHash, said: [] };

const wordEvent = (word: string): ClusterEvent => ({
  kind: 'BlueprintInstantiated',
  name: word,
  version: 1,
  parameters: {},
});

export const wordsIn = ({ events }: Pick<Commit, 'events'>): string[] =>
  events.flatMap((event) => (event.kind === 'BlueprintInstantiated' ? event.name : []));

const decide = (words: Words, { command }: Wish<WordCommand>): Result<Decision<Words, WordExtra>, WordRefusal> => {
  const { kind, word } = command;
  assert(kind !== 'stumble', 'stumbled');
  const isNew = !words.said.includes(word);
  if (!isNew && kind === 'say') return refuse({ kind: 'said-already', word });
  const events = isNew || kind === 'repeat' ? [wordEvent(word)] : [];
  return accept({ events, entities: [`word:${word}`], extra: ({ said }) => ({ count: said.length }) });
};

const evolve = (words: Words, commit: Commit, hash: Hash): Words => {
  assert(commit.revision === words.revision + 1 && commit.previousHash === words.hash, 'a gap or a broken chain');
  return { revision: commit.revision, hash, said: [...words.said, ...wordsIn(commit)] };
};

export type WordWriter = GroupCommitter<Words, WordCommand, WordRefusal, WordExtra>;

/** A writer of words. Ids count up from 1000 times `writer`. */
export const aWriter = (
  logPort: CommitLogPort,
  clock: Clock,
  {
    writer = 0,
    initial = noWords,
    ...limits
  }: Partial<WriterLimits> & { readonly writer?: number; readonly initial?: Words } = {},
): WordWriter => {
  let ids = writer * 1_000_000;
  return new GroupCommitter({
    log: aLog,
    logPort,
    decide,
    evolve,
    initial: { state: initial, revision: initial.revision, hash: initial.hash },
    clock,
    newCommitId: (): CommitId => commitId(++ids),
    sha256,
    limits,
  });
};

export const wish = (kind: WordCommand['kind'], word: string, fields: Partial<Wish<WordCommand>> = {}) => ({
  command: { kind, word },
  actor: anActor(),
  ...fields,
});

/** Commits that continue `tail`, one for each word. */
export const sealedWords = (words: readonly string[], tail: Tail = emptyTail(aLog), firstId = 1): SealedCommit[] => {
  let end = tail;
  return words.map((word, index) => {
    const draft = {
      commitId: commitId(firstId + index),
      time: someTime,
      actor: anActor(),
      events: [wordEvent(word)],
      entities: [`word:${encodeURIComponent(word)}`],
    };
    const sealed = seal(draft, end, sha256);
    end = tailAfter(sealed);
    return sealed;
  });
};
