import {
  type Haproxy,
  type HaproxyFiles,
  HaproxyRefused,
  HaproxyUnreachable,
  type ProcessStatistics,
  type Replacement,
  type RunningLayer7,
  type RunningServices,
  type Step,
  structureIn,
} from '@evenkeel/data-plane';
import { commandFor, cookieProbe, isDone, takesCookies } from './commands.ts';
import { type HaproxyHost } from './host.ts';
import { readInfo } from './read-info.ts';
import { questionsAbout, readRunning, statesQuestion } from './read-running.ts';
import { oldestIn } from './read-session-ages.ts';
import { sessionsOf } from './read-sessions.ts';
import { readStatistics, statisticsQuestion } from './read-statistics.ts';
import { RuntimeApi } from './runtime-api.ts';

const sessionsQuestion = 'show sess';

/** The engine's port to a HAProxy, through the worker's Runtime API. */
export class HaproxyDoor implements Haproxy {
  /** By version, as each has answered. */
  private readonly addsCookies = new Map<string, boolean>();

  constructor(private readonly host: HaproxyHost) {}

  get incarnation(): number {
    return this.host.incarnation;
  }

  async observe(): Promise<RunningLayer7 | undefined> {
    const socket = this.host.workerSocket;
    if (socket === undefined) return undefined;
    const [info = '', ...answers] = await new RuntimeApi(socket).ask(['show info', ...questionsAbout()]);
    return this.seen(info, readRunning(answers));
  }

  async apply(steps: readonly Step[], services: readonly string[]): Promise<RunningServices> {
    const commands = steps.map(commandFor);
    const answers = await this.worker().ask([...commands, ...questionsAbout(services)]);
    // Closing counts for old workers too: the connections of a study may have outlived several reloads.
    for (const step of steps) if (step.kind === 'close-connections') await this.closeInOldWorkers(step);
    for (const [index, step] of steps.entries()) {
      const [command = '', answer = ''] = [commands[index], answers[index]];
      if (!isDone(step, answer)) throw new HaproxyRefused(step, command, answer.trim());
    }
    return readRunning(answers.slice(steps.length));
  }

  async replace(files: HaproxyFiles): Promise<Replacement> {
    const replaced = await this.host.replace(files);
    if (replaced.kind === 'refused') return replaced;
    const [info = '', states = ''] = await this.worker().ask(['show info', statesQuestion]);
    return { ...replaced, running: await this.seen(info, readRunning([states])) };
  }

  keep(files: () => HaproxyFiles): void {
    this.host.keep(files);
  }

  /** What each process has counted since it started. Throws `HaproxyUnreachable`; empty when no HAProxy runs. */
  async statistics(): Promise<readonly ProcessStatistics[]> {
    const [serving] = await this.servingStatistics();
    if (serving === undefined) return [];
    const old = await this.host.askOldWorkers(statisticsQuestion);
    const others = old.filter(({ pid }) => pid !== serving.pid); // a reload came between the two questions
    return [serving, ...others.map(({ pid, answer }) => ({ pid, counted: readStatistics(answer) }))];
  }

  /** The same of the one process that serves, without a question to the others. */
  async servingStatistics(): Promise<readonly ProcessStatistics[]> {
    const socket = this.host.workerSocket;
    if (socket === undefined) return [];
    const [info = '', answer = ''] = await new RuntimeApi(socket).ask(['show info', statisticsQuestion]);
    return [{ pid: readInfo(info).pid, counted: readStatistics(answer) }];
  }

  /**
   * Age in seconds of the oldest session to each server, by its name, old workers included. The answer has a line for each
   * session there is, so it is nothing to ask every second. Throws `HaproxyUnreachable`.
   */
  async oldestSessions(): Promise<ReadonlyMap<string, number>> {
    const socket = this.host.workerSocket;
    if (socket === undefined) return new Map();
    const [answer = ''] = await new RuntimeApi(socket).ask([sessionsQuestion]);
    const old = await this.host.askOldWorkers(sessionsQuestion);
    return oldestIn([answer, ...old.map((worker) => worker.answer)].join('\n'));
  }

  /** What a HAProxy of that version has answered; undefined before it was asked. */
  knowsCookies(version: string): boolean | undefined {
    return this.addsCookies.get(version);
  }

  private async seen(info: string, services: RunningServices): Promise<RunningLayer7> {
    const { description, version } = readInfo(info);
    return { structure: structureIn(description), services, addsCookies: await this.canAddCookies(version, services) };
  }

  /** One question for each version that is met. Without a service there is nothing to ask about, nor to add to. */
  private async canAddCookies(version: string, services: RunningServices): Promise<boolean> {
    const known = this.addsCookies.get(version);
    const [service] = services.keys();
    if (known !== undefined || service === undefined) return known ?? false;
    const [answer = ''] = await this.worker().ask([cookieProbe(service)]);
    this.addsCookies.set(version, takesCookies(answer));
    return takesCookies(answer);
  }

  /** An old worker refuses `shutdown sessions server` ("Proxy is disabled", 2.6.12), but ends one session after the other. */
  private async closeInOldWorkers(step: Step): Promise<void> {
    for (const { pid, answer } of await this.host.askOldWorkers(sessionsQuestion)) {
      for (const session of sessionsOf(answer, step)) await this.host.askOldWorker(pid, `shutdown session ${session}`);
    }
  }

  private worker(): RuntimeApi {
    const socket = this.host.workerSocket;
    if (socket === undefined) throw new HaproxyUnreachable('steps', { cause: new Error('HAProxy does not run') });
    return new RuntimeApi(socket);
  }
}
