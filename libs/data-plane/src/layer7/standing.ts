import { type DesiredServer } from './desired.ts';
import { type RunningServer } from './running.ts';
import { type Step } from './step.ts';

/** One visible difference of one server. */
export type Change = { readonly words: string; readonly steps: readonly Step[] };

export const change = (words: string, ...steps: readonly Step[]): Change => ({ words, steps });

/** Intent and verdict together: leaving `maint` brings a server up, whatever was said of its health (tried on 2.6.12). */
export const standingChanges = (
  target: { readonly service: string; readonly server: string },
  { adminState, isDown }: DesiredServer,
  now: Pick<RunningServer, 'adminState' | 'isDown'>,
): readonly Change[] => {
  const setState = (state: DesiredServer['adminState']): Step => ({ ...target, kind: 'set-state', state });
  const setHealth = (health: 'up' | 'down'): Step => ({ ...target, kind: 'set-health', health });
  const words = `is ${now.adminState}`;
  if (adminState === 'maint') return now.adminState === 'maint' ? [] : [change(words, setState('maint'))];
  if (now.adminState === 'maint' && isDown) {
    // By way of drain, so that no new client meets a dead server in between.
    const rest = adminState === 'drain' ? [] : [setState(adminState)];
    return [change(words, setState('drain'), setHealth('down'), ...rest)];
  }
  const wasDown = now.adminState !== 'maint' && now.isDown;
  return [
    ...(wasDown === isDown ? [] : [change(isDown ? 'is up' : 'is down', setHealth(isDown ? 'down' : 'up'))]),
    ...(now.adminState === adminState ? [] : [change(words, setState(adminState))]),
  ];
};
