import { type CommitOnWire, type Hash, LogName, type SealedCommit } from '@evenkeel/contracts';
import { accept } from '@evenkeel/kernel';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sha256 } from '../test/sha256.ts';
import { aLog, sealedWords } from '../test/words.ts';
import { canonicalJson } from './canonical-json.ts';
import { tailAfter } from './seal.ts';
import { emptyTail } from './tail.ts';
import { UnreadableCommit, unseal } from './unseal.ts';
import { type ChainFault, verifyChain } from './verify-chain.ts';

const chain = sealedWords(['one', 'two', 'three', 'four', 'five']);
const verify = (sealed: readonly SealedCommit[], from = emptyTail(aLog)) => verifyChain(sealed, from, sha256);
const onWire = ({ body, hash }: SealedCommit): CommitOnWire => ({ body, hash });

/** What is found when the commits with these bodies and hashes are read and walked. */
const faultIn = (commits: readonly CommitOnWire[]): ChainFault | 'unreadable' | undefined => {
  try {
    const checked = verify(commits.map(unseal));
    return checked.ok ? undefined : checked.refusal;
  } catch (failure) {
    if (failure instanceof UnreadableCommit) return 'unreadable';
    throw failure;
  }
};

describe('a sealed commit', () => {
  it('is the canonical text of all its fields, with the hash of that text', () => {
    for (const { commit, body, hash } of chain) {
      expect(body).toBe(canonicalJson(commit));
      expect(hash).toBe(sha256(body));
      expect(JSON.parse(body)).toEqual(commit);
    }
  });

  it('continues the one before it', () => {
    expect(chain.map(({ commit }) => commit.revision)).toEqual([1, 2, 3, 4, 5]);
    expect(chain.map(({ commit }) => commit.previousHash)).toEqual([
      emptyTail(aLog).hash,
      ...chain.slice(0, -1).map(({ hash }) => hash),
    ]);
  });

  it('has a hash that anybody can compute from its text', () => {
    // SHA-256 of "abc": FIPS 180-2, appendix B.1.
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('is read back as it was', () => {
    expect(chain.map(onWire).map(unseal)).toEqual(chain);
  });

  it.each(['', 'null', '[]', '{"format":2}', '{"format":1'])('is not read from %j', (body) => {
    expect(() => unseal({ body, hash: sha256(body) as Hash })).toThrow(UnreadableCommit);
  });
});

describe('the walk along a chain', () => {
  it('answers the end of an unbroken chain', () => {
    expect(verify(chain)).toEqual(accept(tailAfter(chain[4]!)));
    expect(verify(chain.slice(2), tailAfter(chain[1]!))).toEqual(accept(tailAfter(chain[4]!)));
    expect(verify([])).toEqual(accept(emptyTail(aLog)));
  });

  it('finds any changed character and names its revision', () => {
    const anyCharacter = fc.nat({ max: chain.length - 1 }).chain((index) =>
      fc.record({
        index: fc.constant(index),
        at: fc.nat({ max: chain[index]!.body.length - 1 }),
        character: fc.string({ minLength: 1, maxLength: 1 }),
      }),
    );
    fc.assert(
      fc.property(anyCharacter, ({ index, at, character }) => {
        const { body, hash } = chain[index]!;
        fc.pre(body[at] !== character);
        const changed = { body: body.slice(0, at) + character + body.slice(at + 1), hash };
        const fault = faultIn(chain.map(onWire).with(index, changed));
        if (fault !== 'unreadable') expect(fault).toMatchObject({ kind: 'wrong-hash', revision: index + 1 });
      }),
    );
  });

  it('finds any changed digit of a hash, in the commit itself or in the next one', () => {
    fc.assert(
      fc.property(fc.nat({ max: 4 }), fc.nat({ max: 63 }), fc.nat({ max: 15 }), (index, at, digit) => {
        const { body, hash } = chain[index]!;
        fc.pre(hash[at] !== digit.toString(16));
        const changed = { body, hash: (hash.slice(0, at) + digit.toString(16) + hash.slice(at + 1)) as Hash };
        expect(faultIn(chain.map(onWire).with(index, changed))).toMatchObject({
          kind: 'wrong-hash',
          revision: index + 1,
        });
      }),
    );
  });

  it('finds any dropped, doubled or swapped commit', () => {
    fc.assert(
      fc.property(fc.subarray([0, 1, 2, 3, 4]), fc.array(fc.nat({ max: 4 }), { maxLength: 8 }), (kept, any) => {
        for (const order of [kept, any]) {
          const isPrefix = order.every((index, place) => index === place);
          const checked = verify(order.map((index) => chain[index]!));
          expect(checked.ok).toBe(isPrefix); // a cut tail is a shorter chain, not a broken one
        }
      }),
    );
  });

  it('names the first wrong revision, what stands there and what should', () => {
    const [one, two, three, four] = chain.map(onWire);
    expect(faultIn([one!, three!])).toEqual({ kind: 'wrong-revision', revision: 2, said: '3', right: '2' });
    expect(faultIn([one!, two!, two!])).toEqual({ kind: 'wrong-revision', revision: 3, said: '2', right: '3' });
    expect(faultIn([one!, two!, four!, three!])).toMatchObject({ kind: 'wrong-revision', revision: 3 });
  });

  it('finds a commit of another log', () => {
    const other = sealedWords(['one'], emptyTail(LogName.parse('access')));
    expect(faultIn(other.map(onWire))).toEqual({ kind: 'wrong-log', revision: 1, said: 'access', right: aLog });
  });

  it('finds a commit that was changed and hashed again, at the next one', () => {
    const forged = sealedWords(['two, changed'], tailAfter(chain[0]!))[0]!;
    expect(faultIn([chain[0]!, forged, chain[2]!].map(onWire))).toEqual({
      kind: 'wrong-previous-hash',
      revision: 3,
      said: chain[1]!.hash,
      right: forged.hash,
    });
  });
});
