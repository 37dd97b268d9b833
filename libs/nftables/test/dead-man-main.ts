// Does one thing after the other with the dead-man of this namespace, and says as a line of JSON what came of each.
import { setTimeout as rest } from 'node:timers/promises';
import { DeadMan } from '../src/dead-man/dead-man.ts';

const deadMan = new DeadMan(['10.9.0.50', '10.9.0.51']);
const outcomes: Record<string, boolean> = {};
const note = (what: string, isDone: boolean): void => void (outcomes[what] = isDone);
const [longMs, shortMs] = [30_000, 50];

deadMan.load();
note('activated without a ticket', deadMan.activate(longMs));
deadMan.arm(longMs);
note('activated', deadMan.activate(longMs));
note('activated twice with one ticket', deadMan.activate(longMs));
note('extended', deadMan.extend(shortMs));
await rest(4 * shortMs);
note('extended too late', deadMan.extend(longMs));
deadMan.arm(shortMs);
await rest(4 * shortMs);
note('activated with an old ticket', deadMan.activate(longMs));
deadMan.arm(longMs);
deadMan.mute();
note('activated with a ticket from before a mute', deadMan.activate(longMs));
deadMan.arm(longMs);
note('activated for good', deadMan.activate(undefined));
note('found serving, and goes on', new DeadMan(['10.9.0.50', '10.9.0.51']).goOn());
deadMan.load();
note('found mute, and does not go on', deadMan.goOn());
note('extended after everything was loaded anew', deadMan.extend(longMs));
deadMan.unload();
note('found without any rules, and does not go on', deadMan.goOn());
deadMan.close();
console.log(JSON.stringify(outcomes));
