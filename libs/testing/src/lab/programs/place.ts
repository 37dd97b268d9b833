import { LabProcess } from './lab-process.ts';
import { type Output, runCommand, type RunOptions } from './run-command.ts';
import { type Variables } from './search-path.ts';

/** Where programs run: a lab host's network namespace, or this machine itself. */
export type Place = {
  readonly name: string;
  /** Whether all addresses and ports here are ours, so that a server may listen on every address. */
  readonly isOurs: boolean;
  /** Runs a program to its end. Throws `CommandNotRun`. */
  run(command: string, args: readonly string[], options?: RunOptions): Promise<Output>;
  /** Starts a program that stays, with these environment variables beside ours. Throws `ProcessNotStarted`. */
  spawn(command: string, args: readonly string[], variables?: Variables): LabProcess;
};

/** This machine, where other people's servers run too: bind loopback addresses only. */
export const thisMachine: Place = {
  name: 'this machine',
  isOurs: false,
  run: runCommand,
  spawn: (command, args, variables) => LabProcess.start(command, args, variables),
};
