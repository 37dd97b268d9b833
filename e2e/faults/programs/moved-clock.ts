// Loaded before a service: its wall clock is off by as many milliseconds as a file says, from the moment when that says so.
// A process of Node sees the wall clock through `Date` alone; timers and `performance` go by the monotonic one, which no
// jump touches.
import { readFileSync } from 'node:fs';

const file = process.env['EVENKEEL_FAULT_CLOCK'] ?? '';
const lookMs = 50;
let offMs = 0;

const look = (): void => {
  try {
    offMs = Number(readFileSync(file, 'utf8'));
  } catch {
    offMs = 0; // nobody has moved it yet
  }
};
look();
setInterval(look, lookMs).unref();

const RealDate = Date;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args: [], newTarget) =>
    Reflect.construct(target, args.length === 0 ? [RealDate.now() + offMs] : args, newTarget) as Date,
  apply: () => new RealDate(RealDate.now() + offMs).toString(),
  get: (target, property, receiver): unknown =>
    property === 'now' ? () => RealDate.now() + offMs : Reflect.get(target, property, receiver),
});
