import {
  type Connections,
  type Haproxy,
  type HaproxyFiles,
  HaproxyRefused,
  HaproxyUnreachable,
  type Replacement,
  type RunningLayer7,
  type RunningServices,
  type Step,
} from '@evenkeel/data-plane';
import { commandFor, isDone } from './commands.ts';
import { type HaproxyHost } from './host.ts';
import { connectionsQuestion, readConnections } from './read-connections.ts';
import { readInfo } from './read-info.ts';
import { questionsAbout, readRunning, statesQuestion } from './read-running.ts';
import { sessionsOf } from './read-sessions.ts';
import { RuntimeApi } from './runtime-api.ts';

/** The engine's port to a HAProxy, through the worker's Runtime API. */
export class HaproxyDoor implements Haproxy {
  constructor(private readonly host: HaproxyHost) {}

  get incarnation(): number {
    return this.host.incarnation;
  }

  async observe(): Promise<RunningLayer7 | undefined> {
    const socket = this.host.workerSocket;
    if (socket === undefined) return undefined;
    const [info = '', ...answers] = await new RuntimeApi(socket).ask(['show info', ...questionsAbout()]);
    return { structure: readInfo(info).description, services: readRunning(answers) };
  }

  async apply(steps: readonly Step[], services: readonly string[]): Promise<RunningServices> {
    const commands = steps.map(commandFor);
    const answers = await this.worker().ask([...commands, ...questionsAbout(services)]);
    // Closing counts for old workers too: the connections of a study may have outlived several reloads.
    for (const step of steps) if (step.kind === 'close-connections') await this.closeInOldWorkers(step);
    const refused = steps.findIndex((step, index) => !isDone(step, answers[index] ?? ''));
    if (refused !== -1) throw new HaproxyRefused(commands[refused] ?? '', (answers[refused] ?? '').trim());
    return readRunning(answers.slice(steps.length));
  }

  async replace(files: HaproxyFiles): Promise<Replacement> {
    const replaced = await this.host.replace(files);
    if (replaced.kind === 'refused') return replaced;
    const [info = '', states = ''] = await this.worker().ask(['show info', statesQuestion]);
    return { ...replaced, running: { structure: readInfo(info).description, services: readRunning([states]) } };
  }

  keep(files: () => HaproxyFiles): void {
    this.host.keep(files);
  }

  async connections(): Promise<Connections> {
    const socket = this.host.workerSocket;
    if (socket === undefined) return new Map();
    const [answer = ''] = await new RuntimeApi(socket).ask([connectionsQuestion]);
    const old = await this.host.askOldWorkers(connectionsQuestion);
    return readConnections([answer, ...old.map((worker) => worker.answer)]);
  }

  /** An old worker refuses `shutdown sessions server` ("Proxy is disabled", 2.6.12), but ends one session after the other. */
  private async closeInOldWorkers(step: Step): Promise<void> {
    for (const { pid, answer } of await this.host.askOldWorkers('show sess')) {
      for (const session of sessionsOf(answer, step)) await this.host.askOldWorker(pid, `shutdown session ${session}`);
    }
  }

  private worker(): RuntimeApi {
    const socket = this.host.workerSocket;
    if (socket === undefined) throw new HaproxyUnreachable('steps', { cause: new Error('HAProxy does not run') });
    return new RuntimeApi(socket);
  }
}
