import { type RunningLayer7, type RunningServices } from './running.ts';
import { type Step } from './step.ts';

/** HAProxy said no to a step: what it was asked and its own words. */
export class HaproxyRefused extends Error {
  override readonly name = 'HaproxyRefused';

  constructor(
    readonly step: Step,
    readonly command: string,
    readonly words: string,
  ) {
    super(`HAProxy refused "${command}": ${words}`);
  }
}

/** HAProxy's socket is gone, silent or cut short: what was asked, and how that ended. */
export class HaproxyUnreachable extends Error {
  override readonly name = 'HaproxyUnreachable';

  constructor(
    readonly asked: string,
    options?: ErrorOptions,
  ) {
    super(`HAProxy did not answer "${asked}"`, options);
  }
}

/** What a start or a reload needs. */
export type HaproxyFiles = {
  /** haproxy.cfg. */
  readonly configuration: string;
  /** The server state file. */
  readonly serverStates: string;
  /** See `configurationName`. */
  readonly name: string;
};

export type Replacement =
  /** `running`: what the new worker was seen to run. */
  | { readonly kind: 'replaced'; readonly method: 'start' | 'reload'; readonly running: RunningLayer7 }
  /** Nothing has changed: what ran runs on. */
  | { readonly kind: 'refused'; readonly words: string };

/** The engine's port to one HAProxy. One call at a time. */
export interface Haproxy {
  /** Another number: another HAProxy may be running than the one that was last seen, and what was seen is void. */
  readonly incarnation: number;

  /** All that runs; undefined when no HAProxy does. Throws `HaproxyUnreachable`. */
  observe(): Promise<RunningLayer7 | undefined>;

  /**
   * Does `steps` in their order, then looks at the servers of `services`, all in one round trip where they fit. A refused
   * step does not keep the others from being done: then it throws `HaproxyRefused` for the first. Throws
   * `HaproxyUnreachable`; nobody knows then how far it came.
   */
  apply(steps: readonly Step[], services: readonly string[]): Promise<RunningServices>;

  /**
   * Starts HAProxy with these files, or reloads it, and looks at the new worker as soon as it serves. Refused when HAProxy
   * refuses the file, and when it could not listen where the file says. Throws `HaproxyUnreachable`.
   */
  replace(files: HaproxyFiles): Promise<Replacement>;

  /**
   * The files have changed in what a running HAProxy already knows. They are asked for and written soon, for a start that
   * nobody sees coming.
   */
  keep(files: () => HaproxyFiles): void;
}
