import { ClusterCommand, ClusterRefusal, type Revision } from '@evenkeel/contracts';
import { realServerId, someTime, virtualServiceId } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import { instantiate, referenceEvents } from '../test/reference.ts';
import {
  aDocument,
  addServer,
  addService,
  apply,
  bringOnline,
  broughtOnline,
  certificateStored,
  declared,
  dicomWithTwo,
  disabled,
  drain,
  drainStarted,
  endAbsence,
  endDrain,
  duplicate,
  halt,
  halted,
  haltedUntil,
  modifyServer,
  modifyService,
  pacs,
  removeCertificate,
  removeSecret,
  removeServer,
  removeService,
  revert,
  revertingIn,
  rule,
  ruleIn,
  serverAdded,
  serviceAdded,
  setSettings,
  storeCertificate,
  storeSecret,
  secretStored,
  settingsChanged,
} from '../test/told.ts';

// One tale for each command and for each refusal: the tables do not compile, and the first tests fail, when one is
// forgotten. The details are in the specs of the decisions.

type Tale = () => void;
const two = rule.given(...dicomWithTwo);
const address = '192.168.85.200';

const accepted: Readonly<Record<ClusterCommand['kind'], Tale>> = {
  AddVirtualService: () =>
    rule
      .given()
      .when(addService())
      .then(serviceAdded(101, {}, 1)),
  ModifyVirtualService: () =>
    two.when(modifyService(1, { ports: [105] })).then({
      kind: 'VirtualServiceModified',
      virtualServiceId: virtualServiceId(1),
      changed: ['ports'],
      service: { ...specOf(serviceAdded(1)), ports: [105] },
    }),
  DuplicateVirtualService: () =>
    rule
      .given(serviceAdded(1))
      .when(duplicate(1, 'QUERY', { ports: [105] }))
      .then({ ...added(serviceAdded(101, { label: 'QUERY', ports: [105] }, 2)), duplicatedFrom: virtualServiceId(1) }),
  RemoveVirtualService: () =>
    two.when(removeService(1)).then({ kind: 'VirtualServiceRemoved', virtualServiceId: virtualServiceId(1) }),
  EnableVirtualService: () =>
    rule
      .given(...dicomWithTwo, disabled(1))
      .when({ kind: 'EnableVirtualService', virtualServiceId: virtualServiceId(1) })
      .then({ kind: 'VirtualServiceEnabled', virtualServiceId: virtualServiceId(1) }),
  DisableVirtualService: () =>
    two.when({ kind: 'DisableVirtualService', virtualServiceId: virtualServiceId(1) }).then(disabled(1)),
  AddRealServer: () => two.when(addServer(1, pacs(3))).then(serverAdded(101, 1, pacs(3), 53)),
  ModifyRealServer: () =>
    two.when(modifyServer(51, { weight: 1 })).then({
      kind: 'RealServerModified',
      realServerId: realServerId(51),
      changed: ['weight'],
      realServer: pacs(1, { weight: 1 }),
    }),
  RemoveRealServer: () =>
    two.when(removeServer(51)).then({ kind: 'RealServerRemoved', realServerId: realServerId(51) }),
  DrainRealServer: () => two.when(drain(51)).then(drainStarted(51)),
  HaltRealServer: () => two.when(halt(51)).then(halted(51)),
  EndDrain: () =>
    rule
      .given(...dicomWithTwo, drainStarted(51, 'keep', someTime))
      .when(endDrain(51))
      .then(halted(51)),
  EndAbsence: () =>
    rule
      .given(...dicomWithTwo, haltedUntil(51, someTime))
      .when(endAbsence(51))
      .then(broughtOnline(51)),
  BringRealServerOnline: () =>
    rule
      .given(...dicomWithTwo, halted(51))
      .when(bringOnline(51))
      .then(broughtOnline(51)),
  DrainMachine: () => two.when({ kind: 'DrainMachine', address, clients: 'keep', force: false }).then(drainStarted(51)),
  HaltMachine: () => two.when({ kind: 'HaltMachine', address, connections: 'close', force: false }).then(halted(51)),
  BringMachineOnline: () =>
    rule
      .given(...dicomWithTwo, halted(51))
      .when({ kind: 'BringMachineOnline', address, whenUp: false })
      .then(broughtOnline(51)),
  InstantiateBlueprint: () =>
    rule
      .given()
      .when(instantiate())
      .then(...referenceEvents()),
  ApplyConfiguration: () =>
    rule
      .given()
      .when(apply(aDocument([declared()])))
      .then(serviceAdded(101, { scope: 'pacs' }, 1)),
  RevertCommit: () =>
    revertingIn(dicomWithTwo, [drainStarted(51)])
      .when(revert(2))
      .then({ kind: 'CommitReverted', revision: 2 as Revision }, broughtOnline(51)),
  SetClusterSettings: () =>
    rule
      .given()
      .when(setSettings({ massRemovalPercent: 50 }))
      .then(settingsChanged({ massRemovalPercent: 50 })),
  StoreCertificate: () => rule.given().when(storeCertificate('pacs', 1)).then(certificateStored('pacs', 1)),
  RemoveCertificate: () =>
    rule
      .given(certificateStored('pacs', 1))
      .when(removeCertificate('pacs'))
      .then({ kind: 'CertificateRemoved', certificate: 'pacs' }),
  StoreSecret: () => rule.given().when(storeSecret('monitor', 1)).then(secretStored('monitor', 1)),
  RemoveSecret: () =>
    rule
      .given(secretStored('monitor', 1))
      .when(removeSecret('monitor'))
      .then({ kind: 'SecretRemoved', secret: 'monitor' }),
};

/** Only the log knows the keys that were used, so its spec tells that tale. */
type Elsewhere = 'idempotency-key-reused';

const refused: Readonly<Record<Exclude<ClusterRefusal['kind'], Elsewhere>, Tale>> = {
  'invalid-input': () => two.when(modifyServer(51, { weight: -1 })).refuses('invalid-input'),
  'invalid-combination': () => two.when(modifyService(1, { layer: 4 })).refuses('invalid-combination'),
  'unknown-virtual-service': () => rule.given().when(removeService(1)).refuses('unknown-virtual-service'),
  'unknown-real-server': () => rule.given().when(removeServer(51)).refuses('unknown-real-server'),
  'unknown-machine': () =>
    rule.given().when({ kind: 'BringMachineOnline', address, whenUp: false }).refuses('unknown-machine'),
  'unknown-blueprint': () =>
    rule
      .given()
      .when({ kind: 'InstantiateBlueprint', name: 'other', version: 1, parameters: {} })
      .refuses('unknown-blueprint'),
  'address-and-port-in-use': () => two.when(addService({ label: 'B' })).refuses('address-and-port-in-use'),
  'port-reserved': () =>
    rule
      .given()
      .when(addService({ ports: [9443] }))
      .refuses('port-reserved'),
  'label-in-use': () => two.when(addService({ ports: [105] })).refuses('label-in-use'),
  'duplicate-real-server': () => two.when(addServer(1, pacs(1, { label: 'B' }))).refuses('duplicate-real-server'),
  'last-available-real-server': () =>
    rule
      .given(...dicomWithTwo, halted(52))
      .when(drain(51))
      .refuses('last-available-real-server'),
  'below-watermark': () =>
    rule
      .given(serviceAdded(1, { availability: 100 }), serverAdded(51, 1), serverAdded(52, 1))
      .when(drain(51))
      .refuses('below-watermark'),
  'still-followed': () =>
    rule
      .given(
        serviceAdded(1),
        serviceAdded(2, {
          label: 'B',
          ports: [1],
          healthCheck: { kind: 'follow', virtualService: virtualServiceId(1) },
        }),
      )
      .when(removeService(1))
      .refuses('still-followed'),
  'still-routed-to': () =>
    rule
      .given(
        serviceAdded(1, { label: 'A', ports: [80], mode: 'http' }),
        serviceAdded(2, { label: 'B', ports: [81], mode: 'http', rules: [everythingTo(1)] }),
      )
      .when(removeService(1))
      .refuses('still-routed-to'),
  'unknown-secret': () => rule.given().when(removeSecret('monitor')).refuses('unknown-secret'),
  'secret-in-use': () =>
    rule
      .given(
        secretStored('monitor', 1),
        serviceAdded(1, { mode: 'http', healthCheck: { kind: 'http', basicAuth: { secret: 'monitor' } } }),
      )
      .when(removeSecret('monitor'))
      .refuses('secret-in-use'),
  'unknown-certificate': () => rule.given().when(removeCertificate('pacs')).refuses('unknown-certificate'),
  'certificate-in-use': () =>
    rule
      .given(certificateStored('pacs', 1), serviceAdded(1, { mode: 'http', tls: { certificates: ['pacs'] } }))
      .when(removeCertificate('pacs'))
      .refuses('certificate-in-use'),
  'not-up': () =>
    rule
      .given(...dicomWithTwo, halted(51))
      .when(bringOnline(51, true))
      .refuses('not-up'),
  'until-unfit': () =>
    two
      .when({
        kind: 'HaltRealServer',
        realServerId: realServerId(51),
        connections: 'close',
        until: someTime,
        force: false,
      })
      .refuses('until-unfit'),
  'stale-version': () =>
    ruleIn({ ifMatch: 7 as never })
      .given(...dicomWithTwo)
      .when(drain(51))
      .refuses('stale-version'),
  'address-loop': () => two.when(addService({ label: 'B', address })).refuses('address-loop'),
  'owned-by-another-scope': () => two.when(apply(aDocument([declared()]))).refuses('owned-by-another-scope'),
  'mass-removal': () =>
    rule
      .given(serviceAdded(1, { scope: 'pacs' }), serviceAdded(2, { scope: 'pacs', label: 'B', ports: [1] }))
      .when(apply(aDocument([]), { prune: true }))
      .refuses('mass-removal'),
  'unknown-revision': () => two.when(revert(9)).refuses('unknown-revision'),
  'changed-since': () =>
    revertingIn(dicomWithTwo, [drainStarted(51)], [halted(51)])
      .when(revert(2))
      .refuses('changed-since'),
  'reason-required': () =>
    rule
      .given(...dicomWithTwo, halted(52))
      .when(drain(51, true))
      .refuses('reason-required'),
};

const everythingTo = (service: number) => ({
  match: { path: [{ kind: 'prefix' as const, value: '/' }] },
  action: { kind: 'service' as const, virtualService: virtualServiceId(service) },
});

const added = (event: ReturnType<typeof serviceAdded>) => {
  if (event.kind !== 'VirtualServiceAdded') throw new Error(event.kind);
  return event;
};
const specOf = (event: ReturnType<typeof serviceAdded>) => added(event).service;

const kindsOf = (union: {
  readonly options: readonly { readonly shape: { readonly kind: { readonly value: string } } }[];
}) => union.options.map(({ shape }) => shape.kind.value).toSorted();

describe('every command', () => {
  it('has a tale', () => expect(Object.keys(accepted).toSorted()).toEqual(kindsOf(ClusterCommand)));

  it.each(Object.entries(accepted))('%s becomes facts', (_kind, tale) => tale());
});

describe('every refusal', () => {
  it('has a tale', () =>
    expect([...Object.keys(refused), 'idempotency-key-reused' satisfies Elsewhere].toSorted()).toEqual(
      kindsOf(ClusterRefusal),
    ));

  it.each(Object.entries(refused))('%s is given as a reason', (_kind, tale) => tale());
});
