import { type VirtualServiceId } from '@evenkeel/contracts';
import { realServerId, virtualServiceId } from '@evenkeel/testing';
import { describe, it } from '@jest/globals';
import {
  addService,
  aDocument,
  apply,
  declared,
  modifyServer,
  modifyService,
  pacs,
  removeServer,
  removeService,
  rule,
  serverAdded,
  serviceAdded,
} from '../../test/told.ts';

const match = { path: [{ kind: 'prefix' as const, value: '/viewer/' }] };
const toService = (id: VirtualServiceId) => ({ match, action: { kind: 'service' as const, virtualService: id } });
const toServer = (realServer: string) => ({ match, action: { kind: 'server' as const, realServer } });

const web = { label: 'WEB', ports: [80], mode: 'http' as const };
const viewer = { label: 'VIEWER', ports: [81], mode: 'http' as const };
const errors = (pointer: string, detail: string) => ({ errors: [{ pointer, detail, expected: anHttpService }] });
const anHttpService = 'the id of another virtual service of layer 7 in mode "http" with action "balance"';

const apart = rule.given(serviceAdded(1, web), serviceAdded(2, viewer), serviceAdded(3));
const routed = rule.given(
  serviceAdded(1, { ...web, rules: [toService(virtualServiceId(2)), toServer('INF_PACS1')] }),
  serviceAdded(2, { ...viewer, rules: [toService(virtualServiceId(1))] }),
  serverAdded(51, 1, pacs(1)),
  serverAdded(52, 1, pacs(2)),
);

describe('a content rule', () => {
  it('may send requests to the pool of another service that speaks HTTP, and back', () => {
    const rules = [toService(virtualServiceId(1))];
    return apart.when(modifyService(2, { rules })).then({
      kind: 'VirtualServiceModified',
      virtualServiceId: virtualServiceId(2),
      changed: ['rules'],
      service: specOf(serviceAdded(2, { ...viewer, rules })),
    });
  });

  it.each([
    ['a service that is not there', 9, `there is no virtual service ${virtualServiceId(9)}`],
    ['its own service', 1, 'a request goes to its own service without a rule'],
    ['a service that does not speak HTTP', 3, 'DICOM is layer 7 mode "tcp", and cannot take HTTP requests from here'],
  ])('cannot send them to %s', (_what, id, detail) =>
    apart
      .when(modifyService(1, { rules: [toService(virtualServiceId(id))] }))
      .refuses('invalid-input', errors('/rules/0/action/virtualService', detail)),
  );

  it('cannot name a real server that its service lacks', () =>
    apart
      .when(addService({ ...web, label: 'NEW', ports: [82], rules: [toServer('INF_PACS1')] }))
      .refuses('invalid-input', {
        errors: [
          {
            pointer: '/rules/0/action/realServer',
            detail: 'there is no real server INF_PACS1 in this service',
            expected: 'a real server, which the service lacks',
          },
        ],
      }));
});

describe('what a content rule names', () => {
  const users = [{ virtualServiceId: virtualServiceId(1), label: 'WEB' }];

  it('stays: a service', () => routed.when(removeService(2)).refuses('still-routed-to', { label: 'VIEWER', users }));

  it('stays what it is: a service that speaks HTTP', () =>
    routed
      .when(modifyService(2, { mode: 'tcp', rules: null, forwardedFor: null, requestTimeout: null, fallback: null }))
      .refuses('still-routed-to', { label: 'VIEWER', users }));

  it('stays: a real server, and its label', () => {
    routed.when(removeServer(51)).refuses('still-routed-to', { realServer: 'INF_PACS1', users });
    routed.when(modifyServer(51, { label: 'OTHER' })).refuses('still-routed-to', { realServer: 'INF_PACS1', users });
    routed.when(removeServer(52)).then({ kind: 'RealServerRemoved', realServerId: realServerId(52) });
  });
});

describe('a content rule in a document', () => {
  const rules = (virtualService: string) => [{ match, action: { kind: 'service', virtualService } }];

  it('names a service of the same document by its label', () =>
    rule
      .given()
      .when(apply(aDocument([declared({ ...web, rules: rules('VIEWER') }), declared(viewer)])))
      .then(
        serviceAdded(101, { ...web, scope: 'pacs', rules: [toService(virtualServiceId(102))] }, 1),
        serviceAdded(102, { ...viewer, scope: 'pacs' }, 2),
      ));

  it('cannot name one that nobody has', () =>
    rule
      .given()
      .when(apply(aDocument([declared({ ...web, rules: rules('VIEWER') })])))
      .refuses('invalid-input', {
        errors: [
          {
            pointer: '/virtualServices/0/rules/0/action/virtualService',
            detail: 'neither the document nor scope pacs has VIEWER',
            expected: 'the label of a service in the document or its scope, or the id of a service in another scope',
          },
        ],
      }));
});

const specOf = (event: ReturnType<typeof serviceAdded>) => {
  if (event.kind !== 'VirtualServiceAdded') throw new Error(event.kind);
  return event.service;
};
