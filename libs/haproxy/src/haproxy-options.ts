import { type OldWorker } from './read-processes.ts';

export type HaproxyOptions = {
  /** HAProxy's working folder, an absolute path; made when it is missing. Nobody else's: see `HaproxyFolder`. */
  readonly folder: string;
  readonly nodeName: string;
  /** Name or path of the program; `haproxy` unless told. */
  readonly command?: string;
  /** Told when HAProxy ended by itself, and how it went on. Whoever observes should look again. */
  readonly onIncident?: (incident: HaproxyIncident) => void;
};

export type HaproxyIncident =
  | { readonly kind: 'ended' }
  | { readonly kind: 'not-started'; readonly words: string }
  | ({ readonly kind: 'started-again' } & Outage);

/** From the end to the start that served; `words` are of the last start that came to nothing. */
export type Outage = { readonly downMs: number; readonly failedStarts: number; readonly words?: string };

/** What `boot` came to. `idle`: nothing to start yet, or it did not start and is tried again. */
export type Boot =
  { readonly kind: 'adopted' | 'started' } | { readonly kind: 'idle'; readonly words: string | undefined };

/** For a node's report. */
export type HaproxyStatus = {
  readonly version: string;
  readonly pid: number;
  /** Those that still finish connections. */
  readonly old: readonly OldWorker[];
  readonly maxConnections: number;
};
