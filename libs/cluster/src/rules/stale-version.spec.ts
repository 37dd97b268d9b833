import type { ClusterCommand, Revision } from '@evenkeel/contracts';
import { describe, it } from '@jest/globals';
import {
  aDocument,
  addServer,
  addService,
  apply,
  dicomWithTwo,
  drain,
  drainStarted,
  duplicate,
  modifyServer,
  modifyService,
  pacs,
  removeServer,
  removeService,
  revert,
  ruleIn,
} from '../../test/told.ts';

// Everything that a tale tells happened in revision 1, so that is every entity's version.
const present = 1 as Revision;
const old = 0 as Revision;
const matching = (ifMatch: Revision | undefined) =>
  ruleIn(ifMatch === undefined ? {} : { ifMatch }).given(...dicomWithTwo);

const naming: readonly ClusterCommand[] = [
  modifyService(1, { ports: [105] }),
  duplicate(1, 'COPY', { ports: [105] }),
  removeService(1),
  addServer(1, pacs(3)),
  modifyServer(51, { weight: 1 }),
  removeServer(51),
  drain(51),
];

describe('If-Match', () => {
  it.each(naming)('guards $kind by the version of what it names', (command) =>
    matching(old).when(command).refuses('stale-version', { present, given: old }),
  );

  it('lets a command pass that knows the present version', () =>
    matching(present).when(drain(51)).then(drainStarted(51)));

  it.each([revert(2), apply(aDocument([]))])('guards $kind by the newest revision of all', (command) => {
    const stale = { present: 0 as Revision, given: 7 as Revision }; // tales are told before the first revision
    matching(stale.given).when(command).refuses('stale-version', stale);
    matching(stale.present)
      .when(apply(aDocument([])))
      .then();
  });

  it('is no excuse for an unknown entity', () => {
    matching(old).when(drain(99)).refuses('unknown-real-server');
    matching(old).when(removeService(9)).refuses('unknown-virtual-service');
  });

  it.each([
    addService({ ports: [1] }),
    { kind: 'HaltMachine', address: '192.168.85.200', connections: 'close', force: false },
    { kind: 'InstantiateBlueprint', name: 'infinitt-pacs', version: 1, parameters: {} },
  ] satisfies ClusterCommand[])('is refused on $kind, which names nothing that has a version', (command) =>
    matching(present)
      .when(command)
      .refuses('invalid-input', {
        errors: [
          { pointer: '/ifMatch', detail: `${command.kind} names nothing that has a version`, expected: 'no If-Match' },
        ],
      }),
  );
});
