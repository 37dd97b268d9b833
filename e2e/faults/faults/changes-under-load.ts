import { setTimeout as rest } from 'node:timers/promises';
import { StructureLane } from '../changes.ts';
import { type Fault, nothingLost } from '../fault.ts';
import { forgottenOf } from '../forgotten.ts';
import { runtimeLanes } from '../runtime-lanes.ts';
import { vip } from '../stack/stack.ts';
import { take, turns } from '../turns.ts';
import { wrkFor, type WrkOutcome } from '../wrk.ts';

type Plan = { readonly runtime: number; readonly structural: number; readonly seconds: number };

/** Changes at a steady pace beside wrk on kept connections and wrk on new ones. */
export const changesUnderLoad = ({ runtime, structural, seconds }: Plan): Fault => ({
  name: `${runtime} runtime and ${structural} structural changes in ${seconds} s under wrk`,
  promise: nothingLost,
  inflict: async (stage) => {
    const { stack, api } = stage;
    const url = `http://${vip}/`;
    const client = stack.lab.host('client');
    const load = Promise.all([wrkFor(client, url, seconds, true), wrkFor(client, url, seconds, false)]);
    load.catch(() => undefined); // told below; a change that fails first must not leave it unheard
    const startedMs = performance.now();
    const left = turns(runtime);
    const [runtimePace, structuralPace] = [paceOf(runtime, seconds), paceOf(structural, seconds)];
    const written = await Promise.all([
      ...(await runtimeLanes(stage)).map((lane) => take(lane, left, runtimePace)),
      take(new StructureLane(api, 21_000), turns(structural), structuralPace),
    ]);
    const tookS = (performance.now() - startedMs) / 1_000;
    const [kept, fresh] = await load;
    const forgotten = (await Promise.all(written.map((one) => forgottenOf(api, one)))).flat();
    const refused = kept.connect + kept.bad + fresh.connect + fresh.cut + fresh.bad;
    if (refused > 0) forgotten.push(`wrk met failures: kept ${words(kept)}; new ${words(fresh)}`);
    // Without a reload nobody has a reason to close a kept connection.
    if (structural === 0 && kept.cut > 0) forgotten.push(`wrk's kept connections were cut: ${words(kept)}`);
    if (forgotten.length > 0) throw new Error(forgotten.join('\n'));
    const made = `${written.flat().length} changes in ${tookS.toFixed(1)} s`;
    return [`${made}; wrk on kept connections: ${words(kept)}; on new ones: ${words(fresh)}`];
  },
});

/** Rests until the next of so many turns is due. */
const paceOf = (count: number, seconds: number): (() => Promise<void>) => {
  let dueMs = performance.now();
  return async () => {
    dueMs += (seconds * 1_000) / count;
    await rest(Math.max(0, dueMs - performance.now()));
  };
};

const words = ({ requests, connect, cut, late, bad }: WrkOutcome): string =>
  `${requests.toLocaleString('en-GB')} requests, ${connect} not connected, ${cut} cut, ${bad} bad answers, ${late} later than 2 s`;
