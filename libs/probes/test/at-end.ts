import { afterEach } from '@jest/globals';

/** What to stop after the present test, the last first, also when it fails. */
export const cleanUpAfterEach = (): ((stop: () => unknown) => void) => {
  const stops: (() => unknown)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).toReversed()) await stop();
  });
  return (stop) => void stops.push(stop);
};
