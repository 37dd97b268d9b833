// All clients of the fault suite in one process, which stands where clients stand: `traffic-main.ts <order as JSON>`.
import { createServer } from 'node:http';
import { connect, createServer as createDoor } from 'node:net';
import { setTimeout as rest } from 'node:timers/promises';
import { modality } from './association-traffic.ts';
import { browse, visit } from './http-traffic.ts';
import { askForNames } from './name-traffic.ts';
import { type Kind, kinds, TrafficOrder } from './orders.ts';
import { Tally, together } from './tally.ts';

const order = TrafficOrder.parse(JSON.parse(process.argv[2] ?? '{}'));
const { vip, kept, fresh, names, associations } = order;

/** One for each client, and one for all of those who come once. */
const tallies: Readonly<Record<Kind, Tally[]>> = { kept: [], fresh: [], names: [], echoes: [], associations: [] };
const tallyOf = (kind: Kind): Tally => {
  const tally = new Tally(() => performance.now());
  tallies[kind].push(tally);
  return tally;
};

let asked = 0;
const nextAddress = (): string => order.from[(asked += 1) % order.from.length] ?? '';

/** At a fixed rate, so that one who waits keeps nobody else from asking. */
const regularly = (perSecond: number, kind: Kind, ask: (tally: Tally) => void): void => {
  if (perSecond === 0) return;
  const tally = tallyOf(kind);
  setInterval(() => ask(tally), 1_000 / perSecond);
};
/** Not all in the same moment. */
const spread = (count: number, pauseMs: number, start: () => Promise<never>): void => {
  for (let one = 0; one < count; one += 1) void rest((pauseMs * one) / count).then(start);
};

const to = (port: number) => ({ host: vip, port });
spread(kept.clients, kept.pauseMs, () => browse(to(kept.port), nextAddress(), kept.pauseMs, tallyOf('kept')));
regularly(fresh.perSecond, 'fresh', (tally) => void visit(to(fresh.port), nextAddress(), tally));
regularly(names.perSecond, 'names', (tally) => askForNames(to(names.port), nextAddress(), tally));
spread(associations.count, associations.pauseMs, () => {
  const own = { echoes: tallyOf('echoes'), associations: tallyOf('associations') };
  return modality(to(associations.port), nextAddress(), associations.pauseMs, own);
});

createServer((_, answer) => {
  answer.end(
    JSON.stringify(
      Object.fromEntries(kinds.map((kind) => [kind, together(tallies[kind].map((tally) => tally.take()))])),
    ),
  );
}).listen(order.controlSocket);

createDoor((caller) => {
  const api = connect(order.api);
  caller.pipe(api).pipe(caller);
  caller.on('error', () => api.destroy()).on('close', () => api.destroy());
  api.on('error', () => caller.destroy()).on('close', () => caller.destroy());
}).listen(order.apiSocket, () => console.log('ready'));
