import { virtualServiceId } from '@evenkeel/testing';
import { describe, it } from '@jest/globals';
import { dicomWithTwo, removeService, rule, serviceAdded } from '../../test/told.ts';

const removed = { kind: 'VirtualServiceRemoved', virtualServiceId: virtualServiceId(1) } as const;

describe('removing a virtual service', () => {
  it('takes its real servers with it, available or not', () =>
    rule
      .given(...dicomWithTwo)
      .when(removeService(1))
      .then(removed));

  it('refuses an unknown service', () => {
    rule.given().when(removeService(1)).refuses('unknown-virtual-service');
    rule
      .given(...dicomWithTwo, removed)
      .when(removeService(1))
      .refuses('unknown-virtual-service');
  });

  it('refuses while others take their verdicts from it, and names them', () => {
    const healthCheck = { kind: 'follow', virtualService: virtualServiceId(1) } as const;
    rule
      .given(
        serviceAdded(1),
        serviceAdded(2, { label: 'QUERY', ports: [105], healthCheck }),
        serviceAdded(3, { label: 'MWL', ports: [204], healthCheck }),
      )
      .when(removeService(1))
      .refuses('still-followed', {
        followers: [
          { virtualServiceId: virtualServiceId(2), label: 'QUERY' },
          { virtualServiceId: virtualServiceId(3), label: 'MWL' },
        ],
      });
  });
});
