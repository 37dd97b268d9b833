import type { ClusterCommand, ClusterEvent } from '@evenkeel/contracts';
import { virtualServiceId } from '@evenkeel/testing';
import { describe, it } from '@jest/globals';
import { dicomWithTwo, disabled, rule } from '../../test/told.ts';

const enable: ClusterCommand = { kind: 'EnableVirtualService', virtualServiceId: virtualServiceId(1) };
const disable: ClusterCommand = { kind: 'DisableVirtualService', virtualServiceId: virtualServiceId(1) };
const enabled: ClusterEvent = { kind: 'VirtualServiceEnabled', virtualServiceId: virtualServiceId(1) };

describe('disabling and enabling a virtual service', () => {
  it('disables one that is enabled, although somebody is available', () =>
    rule
      .given(...dicomWithTwo)
      .when(disable)
      .then(disabled(1)));

  it('enables one that is disabled', () =>
    rule
      .given(...dicomWithTwo, disabled(1))
      .when(enable)
      .then(enabled));

  it('says nothing new about one that is so already', () => {
    rule
      .given(...dicomWithTwo)
      .when(enable)
      .then();
    rule
      .given(...dicomWithTwo, disabled(1))
      .when(disable)
      .then();
  });

  it('refuses an unknown service', () => {
    rule.given().when(enable).refuses('unknown-virtual-service');
    rule.given().when(disable).refuses('unknown-virtual-service');
  });
});
