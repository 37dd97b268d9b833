import { type IntentState } from '@evenkeel/contracts';

/** HAProxy's administrative states. Source: management guide 2.6, `set server`. */
export type AdminState = 'ready' | 'drain' | 'maint';

/**
 * Our word in HAProxy's (tried on 2.6.12):
 * - `drain` takes no new clients, and clients that a cookie or the stick table ties to the server keep coming.
 * - `maint` takes nobody: cookie and table are ignored. Open connections end by themselves in both states, so what tells
 *   `forget`, `finish` and `close` apart is done once, beside the state: see `diff.ts`.
 */
export const adminStateOf = (wish: IntentState): AdminState => {
  switch (wish.intent) {
    case 'online':
      return 'ready';
    case 'drain':
      return wish.clients === 'keep' ? 'drain' : 'maint';
    case 'halt':
      return 'maint';
    default:
      return wish satisfies never;
  }
};

/** Bits of `srv_admin_state`: forced by the command line, which is what a state file may carry over. */
const forced = { ready: 0x00, maint: 0x01, drain: 0x08 } as const satisfies Record<AdminState, number>;

/** For a state file. */
export const adminBits = (state: AdminState): number => forced[state];

/** Any kind of maintenance or drain, whoever caused it: 0x01, 0x02, 0x04, 0x20 and 0x40; 0x08 and 0x10. */
export const adminStateFrom = (bits: number): AdminState => {
  if ((bits & 0x67) !== 0) return 'maint';
  return (bits & 0x18) === 0 ? 'ready' : 'drain';
};
