import { type AdminState } from './admin-state.ts';

/** What one HAProxy worker was seen to run. */
export type RunningLayer7 = {
  /** The `description` that the worker was started with: see `renderFrame`. */
  readonly structure: string;
  readonly services: RunningServices;
};

/** Servers by name, by the name of their service. */
export type RunningServices = ReadonlyMap<string, ReadonlyMap<string, RunningServer>>;

export type RunningServer = {
  readonly address: string;
  /** `inherit`: HAProxy connects to the port that the client came to. */
  readonly port: number | 'inherit';
  readonly weight: number;
  readonly adminState: AdminState;
  /** Nobody is sent there. Always so in `maint`, whatever the verdict. */
  readonly isDown: boolean;
  /** 0 = no limit; undefined: not asked, because a new worker has the limits of its file. */
  readonly maxConnections: number | undefined;
  /** Open ones, at the time of the look. */
  readonly connections: number;
};
