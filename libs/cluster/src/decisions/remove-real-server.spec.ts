import { realServerId } from '@evenkeel/testing';
import { describe, it } from '@jest/globals';
import { dicomWithTwo, halted, removeServer, rule, ruleIn, verdicts, short } from '../../test/told.ts';

const removed = { kind: 'RealServerRemoved', realServerId: realServerId(51) } as const;

describe('removing a real server', () => {
  it('removes one that has company', () =>
    rule
      .given(...dicomWithTwo)
      .when(removeServer(51))
      .then(removed));

  it('refuses an unknown real server', () => rule.given().when(removeServer(51)).refuses('unknown-real-server'));

  it('refuses the last available one, and names the service', () =>
    rule
      .given(...dicomWithTwo, halted(52))
      .when(removeServer(51))
      .refuses('last-available-real-server', {
        services: [short(1, 'DICOM', 1)],
      }));

  it('removes the last available one by force with a reason, and asks for the reason', () => {
    rule
      .given(...dicomWithTwo, halted(52))
      .when(removeServer(51, true))
      .refuses('reason-required');
    ruleIn({ hasReason: true })
      .given(...dicomWithTwo, halted(52))
      .when(removeServer(51, true))
      .then(removed);
  });

  it('asks for no reason where force changes nothing', () =>
    rule
      .given(...dicomWithTwo)
      .when(removeServer(51, true))
      .then(removed));

  it('removes the last one when it was not available', () =>
    ruleIn({ verdictOf: verdicts({ 51: 'down' }) })
      .given(...dicomWithTwo, halted(52))
      .when(removeServer(51))
      .then(removed));
});
