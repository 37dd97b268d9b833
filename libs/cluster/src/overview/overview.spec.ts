import {
  type ClusterEvent,
  type NodeReport,
  type OverruledVerdict,
  Overview,
  type Verdict,
  type VerdictState,
} from '@evenkeel/contracts';
import { aVerdict, realServerId, type ServiceFields, someTime, virtualServiceId } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { referenceCluster } from '../../test/reference.ts';
import {
  clusterOf,
  dicomWithTwo,
  disabled,
  drainStarted,
  halted,
  pacs,
  serverAdded,
  serviceAdded,
  someOccasion,
} from '../../test/told.ts';
import { type Observed, overviewOf, withEvent } from '../index.ts';

const later = '2026-03-02T09:00:00.000Z';
const earlier = '2026-02-28T09:00:00.000Z';

const judged = (states: Readonly<Record<number, VerdictState>>, fields: Partial<Verdict> = {}) =>
  new Map(
    Object.entries(states).map(([number, state]) => {
      const realServer = realServerId(Number(number));
      const said = state === 'down' ? ({ reason: 'connect-refused', detail: 'refused' } as const) : {};
      return [realServer, aVerdict({ realServerId: realServer, state, ...said, ...fields })];
    }),
  );
const bothUp = judged({ 51: 'up', 52: 'up' });

const node = (observed: number, fields: Partial<NodeReport> = {}): Observed['reports'][number] =>
  ({ node: 'lb-a', observed, layer4: { state: 'able' }, ...fields }) as Observed['reports'][number];
const counts = (connections: Readonly<Record<number, number>>): Observed['samples'][number] => ({
  services: [{ id: virtualServiceId(1), connections: 7 }],
  realServers: Object.entries(connections).map(([number, open]) => ({
    id: realServerId(Number(number)),
    connections: open,
  })),
});
const seen = (connections: Readonly<Record<number, number>> = {}, reports = [node(1)]): Observed => ({
  reports,
  samples: [counts(connections)],
});

const serviceIn = (events: readonly ClusterEvent[], verdicts = bothUp, observed = seen()) => {
  const [row] = overviewOf(clusterOf(...events), verdicts, observed).services;
  if (row === undefined) throw new Error('no service');
  return row;
};
const firstServer = (events: readonly ClusterEvent[], verdicts = bothUp, observed = seen()) => {
  const [row] = serviceIn(events, verdicts, observed).realServers;
  if (row === undefined) throw new Error('no real server');
  return row;
};

describe('the System Overview', () => {
  it('lists layer 4 first, with the words of the reference guide', () => {
    const overview = overviewOf(referenceCluster(), new Map());
    expect(
      overview.services.map((row) => [row.label, row.address, row.ports, row.protocol, row.method, row.mode]),
    ).toEqual([
      ['INFINITT_Check', '192.168.85.150', [137], 'TCPUDP', 'Layer 4', 'SNAT'],
      ['INFINITT_Web', '192.168.85.150', [80], 'HTTP', 'Layer 7', 'Proxy'],
      ['DICOM', '192.168.85.150', [104], 'TCP', 'Layer 7', 'Proxy'],
      ['QUERY', '192.168.85.150', [105], 'TCP', 'Layer 7', 'Proxy'],
      ['MWL', '192.168.85.150', [204], 'TCP', 'Layer 7', 'Proxy'],
    ]);
    expect(Overview.omit({ convergence: true }).parse(overview)).toEqual(overview);
    expect(Object.keys(overview.services[0] ?? {}).slice(1, 9)).toEqual([
      ...['state', 'label', 'address', 'ports', 'connections', 'protocol', 'method', 'mode'],
    ]);
    expect(Object.keys(overview.services[0]?.realServers[0] ?? {}).slice(1, 7)).toEqual([
      ...['state', 'label', 'address', 'ports', 'weight', 'connections'],
    ]);
  });

  it('names plain UDP', () => expect(serviceIn([serviceAdded(1, { layer: 4, mode: 'udp' })]).protocol).toBe('UDP'));

  it('shows where the clients of a real server really go', () => {
    const events = [serviceAdded(1, { ports: [104, 105] }), serverAdded(51, 1)];
    expect(firstServer(events).ports).toEqual([104, 105]);
    expect(firstServer([serviceAdded(1), serverAdded(51, 1, pacs(1, { port: 11_112 }))]).ports).toEqual([11_112]);
  });

  it('adds up the connections of all nodes, and says null where none has told', () => {
    const row = serviceIn(dicomWithTwo, bothUp, { reports: [], samples: [counts({ 51: 3 }), counts({ 51: 4 })] });
    expect([row.connections, ...row.realServers.map(({ connections }) => connections)]).toEqual([14, 7, null]);
  });
});

describe('the state of a real server', () => {
  const table: [string, ClusterEvent[], VerdictState, string, string, string][] = [
    ['online', [], 'up', 'up', 'check-passed', 'TCP connection to 192.168.85.200:104 opened'],
    ['online', [], 'down', 'down', 'connect-refused', 'refused'],
    ['online', [], 'unknown', 'unknown', 'check-passed', 'TCP connection to 192.168.85.200:104 opened'],
    ['drain', [drainStarted(51)], 'up', 'draining', 'drained-by', 'drained by admin; ready to return'],
    ['drain', [drainStarted(51)], 'down', 'draining', 'drained-by', 'drained by admin; check failing: refused'],
    ['drain', [drainStarted(51)], 'unknown', 'draining', 'drained-by', 'drained by admin'],
    ['halt', [halted(51)], 'up', 'halted', 'halted-by', 'halted by admin; ready to return'],
    ['halt', [halted(51)], 'down', 'halted', 'halted-by', 'halted by admin; check failing: refused'],
    ['halt', [halted(51)], 'unknown', 'halted', 'halted-by', 'halted by admin'],
  ];

  it.each(table)('with intent %s and %p and verdict %s is %s', (intent, events, verdict, state, reason, detail) => {
    const row = firstServer([...dicomWithTwo, ...events], judged({ 51: verdict, 52: 'up' }));
    expect(row).toMatchObject({ state, intent, verdict, reason, detail });
  });

  describe('that has come back', () => {
    const slow = [serviceAdded(1, { slowStart: '30s' }), ...dicomWithTwo.slice(1)];
    const backSince = new Date(Date.parse(later) - 12_000).toISOString();
    const at = (nowMs: number): Observed => ({ ...seen(), nowMs });
    const back = (fields: Partial<Verdict> = {}) =>
      new Map([...bothUp, ...judged({ 51: 'up' }, { backSince, ...fields })]);
    const now = Date.parse(later);

    it('says how warm it is, and why it is there', () => {
      expect(firstServer(slow, back(), at(now))).toMatchObject({
        state: 'up',
        verdict: 'up',
        reason: 'warming',
        detail: 'warming, 40 %: TCP connection to 192.168.85.200:104 opened',
        warming: 40,
        weight: 100,
      });
    });

    it('is warm at the end, in a service that does not ask for it, and while nobody knows the time', () => {
      for (const row of [
        firstServer(slow, back(), at(now + 18_000)),
        firstServer(dicomWithTwo, back(), at(now)),
        firstServer(slow, back(), seen()),
        firstServer([...slow, drainStarted(51)], back(), at(now)),
      ]) {
        expect(row).not.toHaveProperty('warming');
        expect(row.detail).not.toContain('warming');
      }
    });

    it('says first what matters more', () => {
      const votes = (['up', 'up', 'down'] as const).map((state, index) => ({
        checker: `health-${index}`,
        state,
        reason: 'check-passed' as const,
        detail: 'seen',
      }));
      const split = firstServer(slow, back({ votes }), at(now));
      expect(split).toMatchObject({ reason: 'votes-split', warming: 40 });
      expect(split.detail).toMatch(/^warming, 40 %: /);
      const unknown = firstServer(slow, back({ state: 'unknown', reason: 'dicom-rejected' }), at(now));
      expect(unknown).toMatchObject({ state: 'unknown', reason: 'dicom-rejected', warming: 40 });
    });

    it('goes by a node that has brought it back for itself', () => {
      const overruled: OverruledVerdict[] = [{ realServerId: realServerId(51), state: 'up', since: backSince }];
      const ruling = { by: 'own-checks', since: earlier, overruled } as const;
      const observed = { ...seen({}, [node(1, { verdicts: ruling })]), nowMs: now };
      const down = new Map([...bothUp, ...judged({ 51: 'down' })]);
      expect(firstServer(slow, down, observed)).toMatchObject({ state: 'up', reason: 'verdict-stale', warming: 40 });
    });
  });

  describe('of a drain', () => {
    const nowMs = Date.parse(later);
    const told = (
      left: readonly { open: number; sinceMs?: number }[],
      reports = left.map(() => node(1)),
    ): Observed => ({
      reports,
      samples: left.map(({ open, sinceMs }) => ({
        services: [],
        realServers: [
          {
            id: realServerId(51),
            connections: open,
            ...(sinceMs === undefined ? {} : { oldest: new Date(nowMs - sinceMs).toISOString() }),
          },
        ],
      })),
      nowMs,
    });
    const drained = (observed: Observed, events: readonly ClusterEvent[] = [...dicomWithTwo, drainStarted(51)]) =>
      firstServer(events, bothUp, observed);

    it('says how many are left on all nodes, and how old the oldest is', () => {
      const row = drained(
        told([
          { open: 2, sinceMs: 60_000 },
          { open: 1, sinceMs: 12 * 60_000 + 59_000 },
        ]),
      );
      expect(row.draining).toEqual({ connections: 3, oldest: '2026-03-02T08:47:01.000Z' });
      expect([row.state, row.reason, row.detail]).toEqual([
        'draining',
        'drained-by',
        'drained by admin; 3 associations left, oldest 12 min; ready to return',
      ]);
    });

    it.each([
      [59_000, '59 s'],
      [119 * 60_000, '119 min'],
      [150 * 60_000, '2 h 30 min'],
    ])('writes an age of %i ms as %s', (sinceMs, words) =>
      expect(drained(told([{ open: 1, sinceMs }])).detail).toContain(`1 association left, oldest ${words};`),
    );

    it('speaks of associations where DICOM is spoken, by port or by check, and of connections elsewhere', () => {
      const left = (fields: ServiceFields, server = pacs(1)): string =>
        drained(told([{ open: 2 }]), [serviceAdded(1, fields), serverAdded(51, 1, server), drainStarted(51)]).detail;
      expect(left({ ports: [8104], healthCheck: { kind: 'dicom-echo', calledAe: 'PACS' } })).toContain(
        '2 associations',
      );
      expect(left({ ports: [8104] }, pacs(1, { port: 11_112 }))).toContain('2 associations');
      expect(left({ ports: [8104] })).toContain('2 connections');
      expect(left({ mode: 'http', ports: [104] })).toContain('2 connections');
    });

    it('says when the rest is shut', () => {
      const row = drained(told([{ open: 2 }]), [...dicomWithTwo, drainStarted(51, 'keep', '2026-03-02T09:30:00.000Z')]);
      expect(row.draining).toEqual({ connections: 2, deadline: '2026-03-02T09:30:00.000Z' });
      expect(row.detail).toBe(
        'drained by admin; 2 associations left; shut at 2026-03-02T09:30:00.000Z; ready to return',
      );
    });

    it('is over when every node has none left and is seen to drain', () => {
      expect(drained(told([{ open: 0 }, { open: 0 }])).state).toBe('drained');
      expect(drained(told([{ open: 0 }, { open: 1 }])).state).toBe('draining');
      const untold = drained(told([{ open: 0 }], [node(1), node(1)]));
      expect([untold.state, untold.draining]).toEqual(['draining', { connections: null }]);
      expect(drained(told([{ open: 0 }], [node(0)])).state).toBe('draining');
    });

    it('of layer 4 does not wait for a node that cannot serve it', () => {
      const events = [serviceAdded(1, { layer: 4, mode: 'tcp' }), serverAdded(51, 1), drainStarted(51)];
      const unable = node(1, { layer4: { state: 'refused', words: 'no rights' } });
      expect(drained(told([{ open: 0 }], [node(1), unable]), events).state).toBe('drained');
      expect(drained(told([{ open: 0 }], [node(1), node(1)]), events).state).toBe('draining');
    });

    it('is held up when it is past its deadline and nobody else could serve', () => {
      const over = [...dicomWithTwo, drainStarted(51, 'keep', earlier)];
      const alone = firstServer(over, judged({ 51: 'up', 52: 'down' }), told([{ open: 2 }]));
      expect([alone.reason, alone.detail]).toEqual([
        'drain-deadline',
        `past its deadline, and nobody else could serve: not halted; drained by admin; 2 associations left; shut at ${earlier}; ready to return`,
      ]);
      expect(firstServer(over, bothUp, told([{ open: 2 }])).reason).toBe('drained-by');
    });

    it('says nothing of a server that does not drain', () =>
      expect(drained(told([{ open: 2 }]), dicomWithTwo)).not.toHaveProperty('draining'));
  });

  it('is drained when no connection is left, and draining while nobody knows', () => {
    const events = [...dicomWithTwo, drainStarted(51)];
    expect(firstServer(events, bothUp, seen({ 51: 2 })).state).toBe('draining');
    expect(firstServer(events, bothUp, seen({ 51: 0 })).state).toBe('drained');
    expect(firstServer(events, bothUp, seen({ 52: 0 })).state).toBe('draining');
  });

  it('is unknown, and never checked, without a verdict', () =>
    expect(firstServer(dicomWithTwo, new Map())).toMatchObject({
      state: 'unknown',
      reason: 'never-checked',
      since: someTime,
    }));

  it('tells the reason that the operator gave', () => {
    const cluster = withEvent(clusterOf(...dicomWithTwo), halted(51), { ...someOccasion, reason: 'new disks' });
    expect(overviewOf(cluster, new Map()).services[0]?.realServers[0]?.detail).toBe('halted by admin: new disks');
  });

  it('says that weight 0 takes nobody, unless something worse is the matter', () => {
    const idle = [serviceAdded(1), serverAdded(51, 1, pacs(1, { weight: 0 }))];
    expect(firstServer(idle)).toMatchObject({ state: 'up', reason: 'weight-zero' });
    expect(firstServer(idle, judged({ 51: 'down' }))).toMatchObject({ state: 'down', reason: 'connect-refused' });
  });

  it('is so since the verdict or the intent, whichever is newer', () => {
    expect(firstServer(dicomWithTwo, judged({ 51: 'up' }, { since: later })).since).toBe(later);
    expect(firstServer(dicomWithTwo, judged({ 51: 'up' }, { since: earlier })).since).toBe(someTime);
    expect(firstServer([...dicomWithTwo, halted(51)], judged({ 51: 'up' }, { since: later })).since).toBe(someTime);
  });
});

describe('while a node goes by its own checks', () => {
  const alone = (overruled: readonly OverruledVerdict[] = [], name = 'lb-a') =>
    node(1, { node: name as never, verdicts: { by: 'own-checks', since: later, overruled: [...overruled] } });
  const nowIs = (state: VerdictState, number = 51): OverruledVerdict => ({
    realServerId: realServerId(number),
    state,
    since: later,
  });

  it('says of each row that nobody else checks, since when, and what the last verdict was', () =>
    expect(firstServer(dicomWithTwo, bothUp, seen({}, [alone()]))).toMatchObject({
      state: 'up',
      verdict: 'up',
      reason: 'verdict-stale',
      detail:
        `the health checks are silent, lb-a goes by own connect checks since ${later}; ` +
        'last verdict: up, TCP connection to 192.168.85.200:104 opened',
      since: someTime,
    }));

  it('shows and counts a server as what the node sees, not as what was last said', () => {
    const taken = seen({}, [alone([nowIs('down')])]);
    expect(firstServer(dicomWithTwo, bothUp, taken)).toMatchObject({ state: 'down', verdict: 'down', since: later });
    expect(serviceIn(dicomWithTwo, bothUp, taken)).toMatchObject({ state: 'degraded', available: 1 });
    const returned = seen({}, [alone([nowIs('up')])]);
    expect(firstServer(dicomWithTwo, judged({ 51: 'down', 52: 'up' }), returned).state).toBe('up');
  });

  it('takes a server that one of several nodes has taken out for down', () =>
    expect(
      firstServer(
        dicomWithTwo,
        judged({ 51: 'down', 52: 'up' }),
        seen({}, [alone([nowIs('down')]), alone([nowIs('up')], 'lb-b')]),
      ).state,
    ).toBe('down'));

  it('knows no more of a server without a verdict than before', () =>
    expect(firstServer(dicomWithTwo, new Map(), seen({}, [alone()]))).toMatchObject({
      state: 'unknown',
      reason: 'verdict-stale',
      since: someTime,
    }));

  it('calls nothing stale that has no check, nor anything while a node hears the checkers', () => {
    const unchecked = judged({ 51: 'up', 52: 'up' }, { reason: 'not-checked' });
    expect(firstServer(dicomWithTwo, unchecked, seen({}, [alone()])).reason).toBe('not-checked');
    const hearing = seen({}, [node(1, { verdicts: { by: 'health' } })]);
    expect(firstServer(dicomWithTwo, bothUp, hearing).reason).toBe('check-passed');
  });
});

describe('several checkers that disagree', () => {
  const says = (checker: string, state: VerdictState) =>
    ({ checker, state, reason: 'connect-refused', detail: 'refused' }) as const;

  it('are shown as that, and what the majority says rules', () => {
    const split = judged({ 51: 'up', 52: 'up' }, { votes: [says('a', 'up'), says('b', 'down'), says('c', 'up')] });
    expect(firstServer(dicomWithTwo, split)).toMatchObject({ state: 'up', verdict: 'up', reason: 'votes-split' });
    const service = serviceIn(dicomWithTwo, split);
    const labels = service.realServers.map(({ label }) => label).join(', ');
    expect(service).toMatchObject({
      ...{ state: 'up', available: 2, reasons: ['votes-split'] },
      detail: `the checkers disagree about ${labels}`,
    });
  });

  it('do not when one of them could not ask', () => {
    const votes = [says('a', 'up'), { ...says('b', 'unknown'), isBlind: true as const }];
    expect(firstServer(dicomWithTwo, judged({ 51: 'up', 52: 'up' }, { votes })).reason).toBe('check-passed');
  });
});

describe('while nobody checks and no node tells', () => {
  const nobody: Observed = { reports: [], samples: [], silentSince: later };

  it('shows nothing as up that nobody sees, and says what was seen last', () => {
    expect(firstServer(dicomWithTwo, bothUp, nobody)).toMatchObject({
      state: 'unknown',
      reason: 'verdict-stale',
      detail: `nobody checks, no node tells since ${later}; last verdict: up, ${aVerdict().detail}`,
      since: later,
    });
  });

  it('goes by the nodes as long as one tells', () => {
    expect(firstServer(dicomWithTwo, bothUp, { ...nobody, reports: [node(1)] }).state).toBe('up');
  });

  it('calls nothing stale that has no check', () => {
    const unchecked = judged({ 51: 'up', 52: 'up' }, { reason: 'not-checked' });
    expect(firstServer(dicomWithTwo, unchecked, nobody)).toMatchObject({ state: 'up', reason: 'not-checked' });
  });
});

describe('the reason', () => {
  const verdict = fc.record({
    state: fc.constantFrom('up', 'down', 'unknown' as const),
    detail: fc.constantFrom('refused', 'as seen'),
  });
  const events = fc.subarray([drainStarted(51), halted(52), disabled(1)]);
  const observations = fc.constantFrom<Observed>(
    seen(),
    { reports: [], samples: [] },
    { reports: [], samples: [], silentSince: later },
    seen({}, [node(0, { verdicts: { by: 'own-checks', since: earlier, overruled: [] } })]),
  );

  it('is there, with words, for every real server that is not up, whatever is known', () => {
    fc.assert(
      fc.property(events, fc.dictionary(fc.constantFrom('51', '52'), verdict), observations, (told, said, observed) => {
        const verdicts = new Map(
          Object.entries(said).map(([number, { state, detail }]) => {
            const reason = state === 'up' ? 'check-passed' : state === 'down' ? 'connect-refused' : 'checker-failed';
            const id = realServerId(Number(number));
            return [id, aVerdict({ realServerId: id, state, reason, detail })] as const;
          }),
        );
        const { realServers } = serviceIn([...dicomWithTwo, ...told], verdicts, observed);
        for (const { state, reason, detail, since } of realServers) {
          expect(state !== 'up' && reason === 'check-passed').toBe(false);
          expect(detail).not.toBe('');
          expect(since).toMatch(/Z$/);
        }
      }),
    );
  });
});

describe('the state of a service', () => {
  it('is degraded below its watermark, deliberately or not', () => {
    const wanted = [serviceAdded(1, { availability: 51 }), serverAdded(51, 1), serverAdded(52, 1)];
    expect(serviceIn(wanted)).toMatchObject({ state: 'up', reasons: [] });
    expect(serviceIn([...wanted, halted(51)])).toMatchObject({
      state: 'degraded',
      reasons: ['below-watermark'],
      detail: '1 available, and 2 of 2 are wanted',
    });
  });

  const web: ServiceFields = { mode: 'http', ports: [80] };

  describe('in panic', () => {
    const panicking = (then: 'serve-all' | 'serve-none', fields: ServiceFields = {}) => [
      serviceAdded(1, { panic: { below: 100, then }, ...fields }),
      ...[serverAdded(51, 1), serverAdded(52, 1)],
    ];
    const oneDown = judged({ 51: 'up', 52: 'down' });

    it('is degraded when all are served, and says that failing ones get clients', () => {
      const row = serviceIn(panicking('serve-all'), oneDown);
      expect(row).toMatchObject({ state: 'degraded', reasons: ['panic-serving-all', 'servers-down'], available: 1 });
      expect(row.detail).toContain('panic: 1 of 2 healthy, below 100%, so clients are sent to all');
    });

    it('is not down when all are served and all fail', () =>
      expect(serviceIn(panicking('serve-all'), judged({ 51: 'down', 52: 'down' }))).toMatchObject({
        state: 'degraded',
        available: 0,
      }));

    it('is down when none is served, although some are healthy', () =>
      expect(serviceIn(panicking('serve-none', { ...web, fallback: { kind: 'page' } }), oneDown)).toMatchObject({
        state: 'down',
        reasons: ['panic-serving-none', 'fallback-serving'],
        available: 1,
      }));

    it('is out of it when enough are healthy', () =>
      expect(serviceIn(panicking('serve-none'), judged({ 51: 'up', 52: 'up' }))).toMatchObject({
        state: 'up',
        reasons: [],
      }));
  });

  it('is up when everybody wanted online is up', () =>
    expect(serviceIn(dicomWithTwo)).toMatchObject({ state: 'up', reasons: [], detail: '', available: 2, of: 2 }));

  it.each<[string, ServiceFields, string]>([
    ['page', web, 'the fallback page answers'],
    [
      'server',
      { ...web, fallback: { kind: 'server', address: '192.168.85.9', port: 8080 } },
      'the fallback server 192.168.85.9:8080 answers',
    ],
    [
      'server in mode tcp',
      { fallback: { kind: 'server', address: '192.168.85.9', port: 104 } },
      'the fallback server 192.168.85.9:104 answers',
    ],
  ])('says that the fallback %s answers while nobody else does', (_, fields, words) =>
    expect(serviceIn([serviceAdded(1, fields), serverAdded(51, 1)], judged({ 51: 'down' }))).toMatchObject({
      state: 'down',
      reasons: ['none-available', 'fallback-serving'],
      detail: `no real server is available; ${words}`,
    }),
  );

  it('stays up through a deliberate drain or halt, with the count shown', () =>
    expect(serviceIn([...dicomWithTwo, halted(52)], judged({ 51: 'up', 52: 'down' }))).toMatchObject({
      state: 'up',
      available: 1,
      of: 2,
    }));

  it('is degraded when a server wanted online is down or unknown, and names it', () => {
    expect(serviceIn(dicomWithTwo, judged({ 51: 'up', 52: 'down' }))).toMatchObject({
      state: 'degraded',
      reasons: ['servers-down'],
      detail: 'INF_PACS2 is down',
      available: 1,
    });
    expect(serviceIn(dicomWithTwo, new Map())).toMatchObject({
      state: 'degraded',
      reasons: ['verdicts-unknown'],
      detail: 'INF_PACS1, INF_PACS2 are unknown',
      available: 2,
    });
  });

  it('is down when nobody is available, and says whether the fallback page answers', () => {
    const nobody = judged({ 51: 'down', 52: 'down' });
    expect(serviceIn(dicomWithTwo, nobody)).toMatchObject({ state: 'down', reasons: ['none-available'], available: 0 });
    expect(serviceIn([serviceAdded(1, web)])).toMatchObject({
      state: 'down',
      reasons: ['none-available', 'fallback-serving'],
    });
    expect(serviceIn([serviceAdded(1, { ...web, fallback: { kind: 'none' } })]).reasons).toEqual(['none-available']);
  });

  it('is disabled when an operator disabled it, whoever is available', () => {
    const cluster = withEvent(clusterOf(...dicomWithTwo), disabled(1), { ...someOccasion, reason: 'moved away' });
    expect(overviewOf(cluster, bothUp, seen()).services[0]).toMatchObject({
      state: 'disabled',
      reasons: ['disabled-by'],
      detail: 'disabled by admin: moved away',
    });
  });

  it('is degraded when a node refused its last change: what ran before still runs', () => {
    const rejection = { engine: 'haproxy', revision: 1, words: 'unknown keyword', since: someTime } as never;
    const refusing = seen({}, [node(0, { rejection }), node(1)]);
    expect(serviceIn(dicomWithTwo, bothUp, refusing)).toMatchObject({
      state: 'degraded',
      reasons: ['rejected-by-node'],
      detail: 'lb-a refused the last change: unknown keyword',
    });
    expect(serviceIn(dicomWithTwo, bothUp, seen({}, [node(1, { rejection })])).state).toBe('up'); // about something newer
    const layer4 = [serviceAdded(1, { layer: 4, mode: 'tcp' }), serverAdded(51, 1)];
    expect(serviceIn(layer4, bothUp, refusing).state).toBe('up'); // another engine
  });

  it('is down on layer 4 when no node can serve layer 4, and up as long as one can', () => {
    const layer4 = [serviceAdded(1, { layer: 4, mode: 'tcp' }), serverAdded(51, 1)];
    const unable = node(1, { layer4: { state: 'refused', words: 'no CAP_NET_ADMIN' } });
    expect(serviceIn(layer4, bothUp, seen({}, [unable, unable]))).toMatchObject({
      state: 'down',
      reasons: ['rejected-by-node'],
      detail: 'no node can serve layer 4: no CAP_NET_ADMIN',
    });
    expect(serviceIn(layer4, bothUp, seen({}, [unable, node(1)])).state).toBe('up');
    expect(serviceIn(dicomWithTwo, bothUp, seen({}, [unable])).state).toBe('up');
  });
});

describe('a wish that a node was not yet seen to run', () => {
  const drained = withEvent(clusterOf(...dicomWithTwo), drainStarted(51), { ...someOccasion, revision: 2 as never });
  const pending = (observed: Observed) => {
    const [row] = overviewOf(drained, bothUp, observed).services;
    return [row?.pending, ...(row?.realServers ?? []).map((server) => server.pending)];
  };

  it('is pending on what it changed, until every node was seen at its revision', () => {
    expect(pending(seen({}, [node(2), node(1)]))).toEqual([false, true, false]);
    expect(pending(seen({}, [node(2), node(3)]))).toEqual([false, false, false]);
  });

  it('is pending while no node says anything', () => expect(pending(seen({}, []))).toEqual([true, true, true]));
});
