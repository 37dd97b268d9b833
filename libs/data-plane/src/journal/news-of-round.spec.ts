import { JournalRecord, NodeName, noRevision, type Revision } from '@evenkeel/contracts';
import { realServerId, virtualServiceId } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import { aHash, aPicture } from '../../test/layer7/index.ts';
import { newsOfRound, type Round } from './news-of-round.ts';

const { cluster } = aPicture({ services: [{ number: 1, realServers: [{ number: 2 }, { number: 3 }] }] });
const since = '2026-03-01T08:00:00.000Z';

const aRound = (fields: Partial<Round> = {}): Round => ({
  received: 7 as Revision,
  observed: 7 as Revision,
  configurationHash: aHash('text'),
  method: 'none',
  reloadReasons: [],
  durationMs: 3,
  waitingFor: [],
  failing: [],
  failures: [],
  ...fields,
});
const refusing = (words: string, received = 7) =>
  aRound({
    received: received as Revision,
    observed: noRevision,
    failing: [{ engine: 'haproxy', kind: 'refused', words, since }],
  });

/** What would be stored, which must be fit to be. */
const recordsOf = (before: Round | undefined, round: Round) =>
  newsOfRound(before, round, cluster).map((news) =>
    JournalRecord.parse({ ...news, id: 'spec', time: since, node: NodeName.parse('lb-a') }),
  );

it('has nothing to say about a round that brings nothing new', () => {
  expect(recordsOf(aRound(), aRound({ method: 'runtime' }))).toEqual([]);
});

describe('drift', () => {
  const repair = {
    engine: 'haproxy',
    found: ['vs1/rs2 has weight 1', 'vs1/rs9 is not wanted'],
    done: 'runtime',
    left: [],
  } as const;

  it('is told with what was found, what was done, and whom it is about', () => {
    expect(recordsOf(aRound(), aRound({ repairs: [repair] }))).toMatchObject([
      {
        kind: 'drift-repaired',
        engine: 'haproxy',
        revision: 7,
        found: repair.found,
        foundInAll: 2,
        done: 'runtime',
        entities: [virtualServiceId(1), realServerId(2)],
        sentence:
          'Somebody else had changed HAProxy (vs1/rs2 has weight 1; vs1/rs9 is not wanted); it was put right without a reload',
      },
    ]);
  });

  it('finds services and real servers by the names that nftables has for them, too', () => {
    const found = ['chain server_3 is different', 'set clients_2 is missing'];
    const [record] = recordsOf(undefined, aRound({ repairs: [{ ...repair, engine: 'nftables', found }] }));
    expect(record?.entities).toEqual([realServerId(2), realServerId(3)]);
  });

  it('of a thousand differences is one record that counts them', () => {
    const found = Array.from({ length: 1_000 }, (_, index) => `vs1/rs${index} is missing`);
    const [record] = recordsOf(undefined, aRound({ repairs: [{ ...repair, found }] }));
    expect(record).toMatchObject({ foundInAll: 1_000 });
  });
});

describe('a refusal', () => {
  it('is told once, however often it is reported and whatever comes meanwhile', () => {
    const words = 'unknown keyword\n\tat line 3';
    expect(recordsOf(aRound(), refusing(words))).toMatchObject([
      { kind: 'rejected', engine: 'haproxy', revision: 7, words, sentence: expect.stringContaining('at line 3') },
    ]);
    expect(recordsOf(refusing(words), refusing(words, 8))).toEqual([]);
    expect(recordsOf(refusing(words), refusing('cannot bind', 8))).toMatchObject([{ kind: 'rejected', revision: 8 }]);
  });

  it('is healed when the engine takes what comes, and not by its silence', () => {
    const healed = aRound({ received: 9 as Revision, observed: 9 as Revision });
    expect(recordsOf(refusing('no', 8), healed)).toMatchObject([
      { kind: 'rejection-healed', engine: 'haproxy', revision: 9, rejectedRevision: 8, rejectedSince: since },
    ]);
    const silent = aRound({ failing: [{ engine: 'haproxy', kind: 'unreachable', words: 'gone', since }] });
    expect(recordsOf(refusing('no', 8), silent)).toEqual([]);
  });
});

it('tells of a reload with its reasons and how long it took', () => {
  const reloadReasons = ['DICOM (vs1) is new'];
  expect(recordsOf(aRound(), aRound({ method: 'reload', reloadReasons, durationMs: 51.6 }))).toMatchObject([
    {
      kind: 'applied-by-reload',
      method: 'reload',
      revision: 7,
      reasons: reloadReasons,
      durationMs: 51.6,
      entities: [virtualServiceId(1)],
      sentence: 'HAProxy was reloaded in 52 ms: DICOM (vs1) is new',
    },
  ]);
});
