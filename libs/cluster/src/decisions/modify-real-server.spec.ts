import type { ClusterEvent } from '@evenkeel/contracts';
import { realServerId } from '@evenkeel/testing';
import { describe, it } from '@jest/globals';
import {
  dicomWithTwo,
  drainStarted,
  modifyServer,
  pacs,
  rule,
  ruleIn,
  serverAdded,
  serviceAdded,
  verdicts,
} from '../../test/told.ts';

const modified = (changed: string[], fields: Parameters<typeof pacs>[1]): ClusterEvent => ({
  kind: 'RealServerModified',
  realServerId: realServerId(51),
  changed,
  realServer: pacs(1, fields),
});

describe('modifying a real server', () => {
  it('changes the named fields and keeps the others', () =>
    rule
      .given(...dicomWithTwo)
      .when(modifyServer(51, { weight: 50 }))
      .then(modified(['weight'], { weight: 50 })));

  it('gives a field its default back for null', () =>
    rule
      .given(serviceAdded(1), serverAdded(51, 1, pacs(1, { port: 11_112, weight: 7 })))
      .when(modifyServer(51, { port: null, weight: null }))
      .then(modified(['port', 'weight'], {})));

  it('says nothing new when the values are those that it has', () =>
    rule
      .given(...dicomWithTwo)
      .when(modifyServer(51, { weight: 100, port: 'inherit' }))
      .then());

  it('refuses an unknown real server', () => rule.given().when(modifyServer(51, {})).refuses('unknown-real-server'));

  it('refuses values out of range and unknown fields, each with its place', () =>
    rule
      .given(...dicomWithTwo)
      .when(modifyServer(51, { weight: 257, intent: 'halt' }))
      .refuses('invalid-input', {
        errors: [
          { pointer: '/weight', detail: '257 is too large', expected: 'at most 256' },
          {
            pointer: '/intent',
            detail: 'unknown field "intent"; known: label, address, port, weight, maxConnections, minConnections, tls',
          },
        ],
      }));

  it('refuses what another real server of the service has', () => {
    const two = rule.given(...dicomWithTwo);
    two.when(modifyServer(51, { label: 'INF_PACS2' })).refuses('label-in-use');
    two.when(modifyServer(51, { address: '192.168.85.201' })).refuses('duplicate-real-server', {
      holder: { realServerId: realServerId(52), label: 'INF_PACS2' },
    });
  });

  it('refuses the address of a service', () =>
    rule
      .given(...dicomWithTwo)
      .when(modifyServer(51, { address: '192.168.85.150' }))
      .refuses('address-loop'));

  it('refuses minimum connections on layer 7', () =>
    rule
      .given(...dicomWithTwo)
      .when(modifyServer(51, { minConnections: 1 }))
      .refuses('invalid-combination'));

  it('refuses weight 0 for the last available one, and says yes to force with a reason', () => {
    const given = [...dicomWithTwo, drainStarted(52)];
    rule
      .given(...given)
      .when(modifyServer(51, { weight: 0 }))
      .refuses('last-available-real-server');
    rule
      .given(...given)
      .when(modifyServer(51, { weight: 0 }, true))
      .refuses('reason-required');
    ruleIn({ hasReason: true })
      .given(...given)
      .when(modifyServer(51, { weight: 0 }, true))
      .then(modified(['weight'], { weight: 0 }));
  });

  it('takes weight 0 for one that was not available anyway', () =>
    ruleIn({ verdictOf: verdicts({ 51: 'down', 52: 'down' }) })
      .given(...dicomWithTwo)
      .when(modifyServer(51, { weight: 0 }))
      .then(modified(['weight'], { weight: 0 })));
});
