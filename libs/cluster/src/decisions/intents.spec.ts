import { realServerId } from '@evenkeel/testing';
import { describe, it } from '@jest/globals';
import {
  bringOnline,
  broughtOnline,
  dicomWithTwo,
  disabled,
  drain,
  drainStarted,
  halt,
  halted,
  pacs,
  rule,
  ruleIn,
  serverAdded,
  serviceAdded,
  verdicts,
  short,
} from '../../test/told.ts';

describe.each([
  { name: 'draining', wish: drain, done: drainStarted, way: 'keep', otherWay: 'forget' },
  { name: 'halting', wish: halt, done: halted, way: 'close', otherWay: 'finish' },
] as const)('$name a real server', ({ wish, done, way, otherWay }) => {
  const ask = wish as (number: number, force?: boolean, way?: string) => ReturnType<typeof drain>;
  const fact = done as (number: number, way?: string) => ReturnType<typeof drainStarted>;

  it('is done for one that has company', () =>
    rule
      .given(...dicomWithTwo)
      .when(ask(51))
      .then(fact(51)));

  it('says nothing new when it is so already, the last one included', () =>
    rule
      .given(...dicomWithTwo, fact(51), fact(52))
      .when(ask(51))
      .then());

  it('is said anew in another way', () =>
    rule
      .given(...dicomWithTwo, fact(51, way))
      .when(ask(51, false, otherWay))
      .then(fact(51, otherWay)));

  it('refuses an unknown real server', () => rule.given().when(ask(51)).refuses('unknown-real-server'));

  it('refuses the last available one, by its intent, its weight or its verdict', () => {
    const refused = (of: number) => ({ services: [short(1, 'DICOM', of)] });
    const alone = [serviceAdded(1), serverAdded(51, 1)];
    rule
      .given(...alone)
      .when(ask(51))
      .refuses('last-available-real-server', refused(1));
    rule
      .given(...dicomWithTwo, drainStarted(52))
      .when(ask(51))
      .refuses('last-available-real-server', refused(2));
    rule
      .given(...alone, serverAdded(52, 1, pacs(2, { weight: 0 })))
      .when(ask(51))
      .refuses('last-available-real-server', refused(2));
    ruleIn({ verdictOf: verdicts({ 51: 'up', 52: 'down' }) })
      .given(...dicomWithTwo)
      .when(ask(51))
      .refuses('last-available-real-server', refused(2));
  });

  it('counts an unknown verdict as available, so that silence never blocks', () =>
    ruleIn({ verdictOf: verdicts({ 51: 'up', 52: 'unknown' }) })
      .given(...dicomWithTwo)
      .when(ask(51))
      .then(fact(51)));

  it('protects a disabled service too: it may be enabled next', () =>
    rule.given(serviceAdded(1), serverAdded(51, 1), disabled(1)).when(ask(51)).refuses('last-available-real-server'));

  it('passes where nobody was available before', () =>
    ruleIn({ verdictOf: () => 'down' })
      .given(serviceAdded(1), serverAdded(51, 1))
      .when(ask(51))
      .then(fact(51)));

  it('passes by force with a reason, and asks for the reason', () => {
    rule.given(serviceAdded(1), serverAdded(51, 1)).when(ask(51, true)).refuses('reason-required', {
      because: 'DICOM would be left without an available real server: say why',
    });
    ruleIn({ hasReason: true }).given(serviceAdded(1), serverAdded(51, 1)).when(ask(51, true)).then(fact(51));
  });
});

describe('bringing a real server online', () => {
  it('ends a drain or a halt', () => {
    rule
      .given(...dicomWithTwo, drainStarted(51))
      .when(bringOnline(51))
      .then(broughtOnline(51));
    rule
      .given(...dicomWithTwo, halted(51))
      .when(bringOnline(51))
      .then(broughtOnline(51));
  });

  it('says nothing new when it is online, whatever its verdict', () =>
    ruleIn({ verdictOf: () => 'down' })
      .given(...dicomWithTwo)
      .when(bringOnline(51, true))
      .then());

  it('refuses an unknown real server', () => rule.given().when(bringOnline(51)).refuses('unknown-real-server'));

  it.each(['down', 'unknown'] as const)('waits for the check when asked to: verdict %s', (verdict) => {
    const given = [...dicomWithTwo, halted(51)];
    const judged = ruleIn({ verdictOf: verdicts({ 51: verdict }) }).given(...given);
    judged
      .when(bringOnline(51, true))
      .refuses('not-up', { realServers: [{ realServerId: realServerId(51), verdict }] });
    judged.when(bringOnline(51)).then(broughtOnline(51));
  });

  it('comes back at once when its check passes', () =>
    ruleIn({ verdictOf: verdicts({ 51: 'up' }) })
      .given(...dicomWithTwo, halted(51))
      .when(bringOnline(51, true))
      .then(broughtOnline(51)));
});
