import { type LabProcess } from '../programs/lab-process.ts';
import { type Place } from '../programs/place.ts';
import { until } from '../programs/until.ts';

/** A running server. A stopped one is gone: start another. */
export type BackEnd = {
  readonly name: string;
  /** Asks it to end, kills it after five seconds, and resolves when it and its own folder are gone. Safe to repeat. */
  stop(): Promise<void>;
  /** A crash: no goodbye to anybody. */
  kill(): Promise<void>;
  /** A hung server: it still accepts connections (the kernel does), but never answers. */
  pause(): void;
  resume(): void;
};

export type Program = { readonly command: string; readonly args: readonly string[] };

export type BackEndPlan = {
  readonly name: string;
  readonly place: Place;
  readonly server: Program;
  /** What it needs beside it; these end when the server ends. */
  readonly companions: readonly Program[];
  /** Called when nothing runs any more. */
  readonly tidy: () => Promise<void>;
  /** Whether a client gets an answer. */
  readonly answers: () => Promise<boolean>;
};

/** Resolves when the server answers. Throws `NotInTime` with its last words, and leaves nothing running then. */
export const startBackEnd = async ({ name, place, tidy, answers, ...plan }: BackEndPlan): Promise<BackEnd> => {
  const server = start(place, plan.server);
  const companions = plan.companions.map((companion) => start(place, companion));
  const backEnd = asBackEnd(name, server, companions, tidy);
  try {
    await until(`${name} answers`, answers, { process: server, withinMs: 30_000 });
  } catch (failure) {
    await backEnd.kill();
    throw failure;
  }
  return backEnd;
};

const start = (place: Place, { command, args }: Program): LabProcess => place.spawn(command, args);

const asBackEnd = (
  name: string,
  server: LabProcess,
  companions: readonly LabProcess[],
  tidy: () => Promise<void>,
): BackEnd => {
  const processes = [server, ...companions];
  void server.exited.then(() => companions.forEach((companion) => companion.kill()));
  const gone = Promise.all(processes.map(({ exited }) => exited)).then(tidy);
  return {
    name,
    stop: async () => {
      await Promise.all(processes.map((process) => process.stop()));
      await gone;
    },
    kill: async () => {
      for (const process of processes) process.kill();
      await gone;
    },
    pause: () => processes.forEach((process) => process.pause()),
    resume: () => processes.forEach((process) => process.resume()),
  };
};

/** Several back ends handled as one. */
export const together = (name: string, parts: readonly BackEnd[]): BackEnd => ({
  name,
  stop: async () => void (await Promise.all(parts.map((part) => part.stop()))),
  kill: async () => void (await Promise.all(parts.map((part) => part.kill()))),
  pause: () => parts.forEach((part) => part.pause()),
  resume: () => parts.forEach((part) => part.resume()),
});
