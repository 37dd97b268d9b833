import { aVerdict, realServerId } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import type { ClusterEvent, Verdict, VerdictState } from '@evenkeel/contracts';
import { clusterOf, dicomWithTwo, disabled, serviceAdded } from '../../test/told.ts';
import { nothingObserved } from './seen.ts';
import { troublesIn } from './troubles.ts';

const panic = { below: 60, then: 'serve-all' } as const;
const dicom = [serviceAdded(1, { panic }), ...dicomWithTwo.slice(1)];
const said = (states: readonly [VerdictState, VerdictState], votes?: readonly VerdictState[]) =>
  new Map(
    states.map((state, index) => {
      const id = realServerId(51 + index);
      const told = (votes ?? []).map((vote, which): NonNullable<Verdict['votes']>[number] => ({
        ...{ checker: `health-${which}`, state: vote, reason: 'check-passed', detail: 'seen' },
      }));
      return [id, aVerdict({ realServerId: id, state, ...(votes === undefined ? {} : { votes: told }) })] as const;
    }),
  );
const troubles = (events: readonly ClusterEvent[], verdicts: ReturnType<typeof said>) =>
  [...troublesIn(clusterOf(...events), verdicts, nothingObserved)].map(({ service, ...rest }) => ({
    label: service.spec.label,
    ...rest,
  }));

describe('a panic', () => {
  it.each([
    [['up', 'up'], false],
    [['up', 'unknown'], false],
    [['up', 'down'], true],
  ] as const)('with verdicts %j is on: %p', (states, isOn) => {
    expect(troubles(dicom, said(states))).toEqual([
      { label: 'DICOM', panic: { then: 'serve-all', isOn }, split: undefined },
    ]);
  });

  it('is none for a service that does not ask for it', () => {
    expect(troubles(dicomWithTwo, said(['down', 'down']))).toMatchObject([{ panic: undefined }]);
  });
});

describe('a split vote', () => {
  it.each([
    [['up', 'up', 'up'], 0],
    [['up', 'down', 'up'], 2],
  ] as const)('of %j about two real servers counts %d', (votes, split) => {
    expect(troubles(dicom, said(['up', 'up'], votes))).toMatchObject([{ split }]);
  });
});

it('is not told of services that nobody reaches, or that have nobody to judge', () => {
  const redirect = serviceAdded(3, { label: 'R', ports: [80], mode: 'http', action: 'redirect-to-https' });
  expect(troubles([...dicom, disabled(1), redirect], said(['down', 'down'], ['up', 'down']))).toEqual([]);
});
