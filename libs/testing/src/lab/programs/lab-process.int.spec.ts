import { describe, expect, it } from '@jest/globals';
import { isRunning } from './is-running.ts';
import { LabProcess, ProcessNotStarted } from './lab-process.ts';
import { NotInTime, until } from './until.ts';

const script = (source: string): LabProcess => LabProcess.start(process.execPath, ['-e', source]);
const says = (subject: LabProcess, words: string): Promise<void> =>
  until(words, () => Promise.resolve(subject.lastWords.includes(words)), { process: subject });

describe('a process of the lab', () => {
  it('ends at once when it obeys SIGTERM', async () => {
    const obedient = script('console.log("ready"); setInterval(() => {}, 1000)');
    await says(obedient, 'ready');
    expect(await obedient.stop()).toEqual({ code: null, signal: 'SIGTERM' });
    expect(obedient.hasExited).toBe(true);
  });

  it('is killed when it does not obey in time', async () => {
    const stubborn = script('process.on("SIGTERM", () => {}); console.log("ready"); setInterval(() => {}, 1000)');
    await says(stubborn, 'ready');
    expect(await stubborn.stop(100)).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('can be stopped while it is paused', async () => {
    const paused = script('console.log("ready"); setInterval(() => {}, 1000)');
    await says(paused, 'ready');
    paused.pause();
    expect(await paused.stop()).toEqual({ code: null, signal: 'SIGTERM' });
  });

  it('says nothing more while it is paused, and goes on when resumed', async () => {
    const counter = script('let n = 0; setInterval(() => console.log(`count ${++n}`), 10)');
    await says(counter, 'count 1');
    counter.pause();
    await new Promise((resolve) => setTimeout(resolve, 50)); // what was under way in the pipe arrives
    const heard = counter.lastWords;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(counter.lastWords).toBe(heard);
    counter.resume();
    await until('it counts again', () => Promise.resolve(counter.lastWords !== heard));
    await counter.stop();
  });

  it('takes what it forked with it', async () => {
    const parent = script(
      'const { spawn } = require("node:child_process"); console.log(`child ${spawn("sleep", ["60"]).pid}.`); setInterval(() => {}, 1000)',
    );
    await until('the child is named', () => Promise.resolve(/child \d+\./.test(parent.lastWords)));
    const child = Number(/child (\d+)\./.exec(parent.lastWords)?.[1]);
    await parent.stop();
    await until('the child is gone', async () => !(await isRunning(child)));
  });

  it('that cannot be started is an error that names the command', () => {
    expect(() => LabProcess.start('no-such-program', ['--now'])).toThrow(ProcessNotStarted);
    expect(() => LabProcess.start('no-such-program', ['--now'])).toThrow('no-such-program --now');
  });

  it('that ends while something is awaited of it is reported with its last words', async () => {
    const failing = script('console.error("port 104 is taken"); process.exitCode = 1');
    const waiting = until('the archive answers', () => Promise.resolve(false), { process: failing });
    await expect(waiting).rejects.toThrow(NotInTime);
    await expect(waiting).rejects.toThrow(/the archive answers: the process has ended\nport 104 is taken/);
  });
});
