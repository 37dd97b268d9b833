import type { HealthParts, Standing } from './health-parts.ts';

export type HealthAnswer = { readonly status: 200 | 503; readonly text: string };

/**
 * The answer to `/livez` (the event loop turns: nothing is looked at), `/startupz` or `/readyz`, with each part by name when
 * `isVerbose`; undefined for any other path. A degraded process is ready: it does its job.
 */
export const healthAnswer = (path: string, isVerbose: boolean, health: HealthParts): HealthAnswer | undefined => {
  if (path === '/livez') return answer(true, 'alive', []);
  if (path !== '/startupz' && path !== '/readyz') return undefined;
  const { hasStarted, state, parts } = health.look();
  const told = isVerbose ? parts : [];
  return path === '/startupz'
    ? answer(hasStarted, hasStarted ? 'started' : 'starting', told)
    : answer(state !== 'not ready', state, told);
};

const answer = (isWell: boolean, word: string, parts: Standing['parts']): HealthAnswer => ({
  status: isWell ? 200 : 503,
  text: `${[word, ...parts.map(({ name, wrong }) => (wrong === undefined ? `[+] ${name}` : `[-] ${name}: ${wrong}`))].join('\n')}\n`,
});
