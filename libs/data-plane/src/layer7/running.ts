import { type AdminState } from './admin-state.ts';

/** What one HAProxy worker was seen to run. */
export type RunningLayer7 = {
  /** Of the configuration that the worker was started with: see `configurationName`. */
  readonly structure: string;
  readonly services: RunningServices;
  /** Whether `add server` takes a cookie: 3.0.11 does, 2.6.12 does not. A matter of the program, found by asking it. */
  readonly addsCookies: boolean;
};

/** Servers by name, by the name of their service. A service without servers may be missing. */
export type RunningServices = ReadonlyMap<string, ReadonlyMap<string, RunningServer>>;

export type RunningServer = {
  readonly address: string;
  /** `inherit`: HAProxy connects to the port that the client came to. */
  readonly port: number | 'inherit';
  readonly weight: number;
  /** HAProxy speaks TLS to it. */
  readonly isEncrypted: boolean;
  readonly adminState: AdminState;
  /** Nobody is sent there. Always so in `maint`, whatever the verdict. */
  readonly isDown: boolean;
  /** 0 = no limit; undefined: not asked, because a new worker has the limits of its file. */
  readonly maxConnections: number | undefined;
  /** Open ones, at the time of the look. */
  readonly connections: number;
};
