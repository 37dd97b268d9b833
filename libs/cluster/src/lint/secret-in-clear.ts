import { type HealthCheck, healthCheckOf, secretIn } from '@evenkeel/contracts';
import type { Finder } from './finder.ts';

export const secretInClear: Finder = {
  ofService: ({ service: { spec } }) => {
    const check = healthCheckOf(spec);
    const named = secretIn(check);
    if (named === undefined || isEncrypted(check)) return [];
    const detail = `the check of ${spec.label} sends the password of ${named.secret} without encryption: whoever listens on the way can read it`;
    return [{ detail, advice: 'Ask over TLS (`tls`), or sign in as somebody who may do nothing else.' }];
  },
};

const isEncrypted = (check: HealthCheck | undefined): boolean =>
  check !== undefined && 'tls' in check && check.tls !== undefined;
