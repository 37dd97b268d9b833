import { type Hash, type Layer4Ability, type NodeForecast, type NodeSample } from '@evenkeel/contracts';
import { type Picture } from '../picture.ts';
import { forecastLayer4 } from './forecast-layer4.ts';
import { forecastLayer7 } from './forecast-layer7.ts';
import { inWords } from './in-words.ts';
import { leftBehind } from './left-behind.ts';

/** What is known of the node besides its picture. */
export type Situation = {
  readonly layer4: Layer4Ability;
  /** Its open connections; undefined while it has sent none. */
  readonly sample: NodeSample | undefined;
  /** Of its HAProxy: see `RunningLayer7`. While nobody knows, no: a reload must not come as a surprise. */
  readonly addsCookies: boolean;
};

/**
 * What a node that runs `before` will do when it is to run `after`: how often HAProxy is reloaded and why, what goes
 * through its Runtime API, whether the kernel's table changes. Verdicts that come afterwards are not in it. `hash`:
 * SHA-256.
 */
export const forecast = (
  before: Picture,
  after: Picture,
  { layer4, sample, addsCookies }: Situation,
  hash: (text: string) => Hash,
): Omit<NodeForecast, 'trial'> => {
  const haproxy = forecastLayer7(before, after, addsCookies, hash);
  const nftables = layer4.state === 'able' ? forecastLayer4(before, after) : idle(before, after);
  const left = haproxy.reloads === 0 ? undefined : leftBehind(before.cluster, sample);
  return {
    node: before.node.name,
    words: inWords(haproxy, left, nftables),
    haproxy,
    ...(left === undefined ? {} : { leftBehind: left }),
    nftables,
  };
};

/** A node that cannot serve layer 4 does nothing there, whatever the text says. */
const idle = (before: Picture, after: Picture): NodeForecast['nftables'] => ({
  ...forecastLayer4(before, after),
  method: 'none',
  transactions: 0,
});
