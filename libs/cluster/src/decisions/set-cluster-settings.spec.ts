import type { ClusterCommand, Revision } from '@evenkeel/contracts';
import { describe, it } from '@jest/globals';
import { instantiate, referenceEvents } from '../../test/reference.ts';
import {
  addServer,
  apply,
  aDocument,
  bringOnline,
  broughtOnline,
  declared,
  dicomWithTwo,
  drain,
  drainStarted,
  halted,
  modifyServer,
  modifyService,
  pacs,
  revert,
  revertingIn,
  rule,
  ruleIn,
  serverAdded,
  setSettings,
  settingsChanged,
} from '../../test/told.ts';

describe('setting the cluster up', () => {
  it('changes what is named and keeps the rest', () =>
    rule
      .given(settingsChanged({ massRemovalPercent: 50 }))
      .when(setSettings({ reasonRequired: 'intents' }))
      .then(settingsChanged({ reasonRequired: 'intents', massRemovalPercent: 50 }, ['reasonRequired'])));

  it('gives a default back for null', () =>
    rule
      .given(settingsChanged({ massRemovalPercent: 50 }))
      .when(setSettings({ massRemovalPercent: null }))
      .then(settingsChanged({}, ['massRemovalPercent'])));

  it('makes no commit for what holds already', () =>
    rule
      .given()
      .when(setSettings({ massRemovalPercent: 25 }))
      .then());

  it('refuses what does not fit, with the place of it', () =>
    rule
      .given()
      .when(setSettings({ massRemovalPercent: 0, colour: 'red' }))
      .refuses('invalid-input', {
        errors: [
          { pointer: '/massRemovalPercent', detail: '0 is too small', expected: 'at least 1' },
          {
            pointer: '/colour',
            detail: 'unknown field "colour"; known: reasonRequired, ticketRequired, massRemovalPercent, hardStopAfter',
          },
        ],
      }));

  it('refuses an old version', () =>
    ruleIn({ ifMatch: 0 as Revision })
      .given(settingsChanged({ massRemovalPercent: 50 }))
      .when(setSettings({ massRemovalPercent: 51 }))
      .refuses('stale-version', { present: 1 as Revision, given: 0 as Revision }));
});

describe('the settings may want a reason', () => {
  const intents: readonly ClusterCommand[] = [
    drain(51),
    bringOnline(52),
    { kind: 'HaltMachine', address: '192.168.85.200', connections: 'close', force: false },
  ];
  const configuration: readonly ClusterCommand[] = [
    modifyService(1, { ports: [105] }),
    addServer(1, pacs(4)),
    apply(aDocument([declared({ ports: [1] })])),
    instantiate({ vipAddress: '192.168.85.151' }),
    setSettings({ reasonRequired: 'none' }),
  ];
  const wanting = (reasonRequired: 'intents' | 'configuration' | 'all', hasReason = false) =>
    ruleIn({ hasReason, verdictOf: () => 'up' }).given(
      ...dicomWithTwo,
      serverAdded(53, 1),
      drainStarted(52),
      settingsChanged({ reasonRequired }),
    );

  it.each(intents)('for intents, such as $kind', (command) => {
    for (const concerned of ['intents', 'all'] as const)
      wanting(concerned).when(command).refuses('reason-required', { missing: 'reason' });
  });

  it.each(configuration)('for configuration, such as $kind', (command) => {
    for (const concerned of ['configuration', 'all'] as const)
      wanting(concerned).when(command).refuses('reason-required', { missing: 'reason' });
  });

  it('and only for what they name', () => {
    wanting('configuration').when(drain(52)).then();
    wanting('configuration').when(bringOnline(52)).then(broughtOnline(52));
  });

  it('and then take it', () =>
    wanting('all', true)
      .when(addServer(1, pacs(4)))
      .then(serverAdded(101, 1, pacs(4), 54)));

  it('but not for a wish that is true already', () => {
    wanting('all').when(drain(52)).then();
    wanting('all')
      .when(modifyServer(51, { weight: 100 }))
      .then();
  });

  it('where an intent that a new real server starts with belongs to its addition', () =>
    ruleIn()
      .given(...dicomWithTwo, halted(51), settingsChanged({ reasonRequired: 'intents' }))
      .when(addServer(1, pacs(1, { label: 'SECOND', port: 11_112 })))
      .then(serverAdded(101, 1, pacs(1, { label: 'SECOND', port: 11_112 }), 53), halted(101)));

  it('where an undone drain is about intents', () => {
    const reverting = (reasonRequired: 'intents' | 'configuration') =>
      revertingIn([...dicomWithTwo, settingsChanged({ reasonRequired })], [drainStarted(51)]).when(revert(2));
    reverting('intents').refuses('reason-required');
    reverting('configuration').then({ kind: 'CommitReverted', revision: 2 as Revision }, broughtOnline(51));
  });

  it('or a ticket', () => {
    const given = [...referenceEvents(), settingsChanged({ ticketRequired: 'all' })];
    const ask = modifyService(101, { balance: 'round-robin' });
    ruleIn({ hasReason: true })
      .given(...given)
      .when(ask)
      .refuses('reason-required', { missing: 'ticket', because: 'the settings want a ticket with every write' });
  });
});
