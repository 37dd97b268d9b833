import { type HaproxyFiles, isConfigurationName, structureIn } from '@evenkeel/data-plane';
import { type Arrival } from './await-worker.ts';
import { Delayed } from './delayed.ts';
import { endProcess } from './end-process.ts';
import { findRunning } from './find-running.ts';
import { HaproxyFolder } from './haproxy-folder.ts';
import { type Boot, type HaproxyIncident, type HaproxyOptions, type HaproxyStatus } from './haproxy-options.ts';
import { type HaproxyProgram, haproxyProgram } from './haproxy-program.ts';
import { type HaproxyHost, type OldWorkerAnswer, type Replaced } from './host.ts';
import { LateWriter } from './late-writer.ts';
import { whyNotListen } from './listening.ts';
import { Master } from './master.ts';
import { OutageWatch } from './outage.ts';
import { type Preflight, preflight } from './preflight.ts';
import { type WorkerInfo } from './read-info.ts';
import { type Processes } from './read-processes.ts';
import { reloadMaster } from './reload-master.ts';
import { RuntimeApi } from './runtime-api.ts';
import { Serial } from './serial.ts';
import { startAgain } from './start-again.ts';
import { startMaster } from './start-master.ts';
import { carryClients, rememberedClients, tableTypesIn } from './table-handover.ts';
import { WarmCheck } from './warm-check.ts';
import { Watchdog } from './watchdog.ts';

type Serving = { readonly masterPid: number; readonly worker: WorkerInfo };

/** Long enough for whoever waits for a reload to look at the new worker first. */
const tidyMs = 100;

/** One HAProxy, master and worker, that outlives this process and is started again when it dies. */
export class HaproxyProcess implements HaproxyHost {
  private readonly folder: HaproxyFolder;
  private readonly program: HaproxyProgram;
  private readonly master: Master;
  private readonly checker: WarmCheck;
  private readonly serial = new Serial();
  private readonly writer = new LateWriter((files) => this.serial.run(() => this.writeKept(files)));
  private readonly tidying = new Delayed(tidyMs, () => void this.serial.run(() => this.tidy()));
  private readonly outage = new OutageWatch();
  private readonly watchdog = new Watchdog(() => this.noticeEnd());
  private isLeaving = false;
  private generation = 0;
  private serving: Serving | undefined;
  /** The name of a configuration that serves and is not yet safe on the disk. */
  private unsettled: string | undefined;

  /** Throws `FolderUnusable`. */
  constructor(private readonly options: HaproxyOptions) {
    this.folder = new HaproxyFolder(options.folder);
    this.program = haproxyProgram(options.nodeName, options.command);
    this.master = new Master(this.folder.masterSocket);
    this.checker = new WarmCheck(this.program, this.folder.path);
  }

  get incarnation(): number {
    return this.generation;
  }

  get workerSocket(): string | undefined {
    const description = this.serving?.worker.description ?? '';
    // A worker of a configuration that is not ours has a socket that we do not know.
    return isConfigurationName(description) ? this.folder.workerSocket(description) : undefined;
  }

  /** Takes over the HAProxy that an earlier run left serving, or starts the last good configuration. */
  async boot(): Promise<Boot> {
    return this.serial.run(async () => {
      await this.folder.prepare();
      this.checker.warm();
      const found = await findRunning(this.folder, this.master);
      const hasFiles = await this.folder.recover(found !== undefined);
      if (found !== undefined) {
        this.serve(found);
        return { kind: 'adopted' };
      }
      if (!hasFiles) return { kind: 'idle', words: undefined };
      const arrival = await this.start();
      if (arrival.kind === 'serves') return { kind: 'started' };
      this.outage.begin();
      this.startAgain();
      return { kind: 'idle', words: arrival.words };
    });
  }

  async replace(files: HaproxyFiles): Promise<Replaced> {
    return this.serial.run(async () => {
      const { folder, checker, master } = this;
      const running = this.serving && { masterPid: this.serving.masterPid, workerSocket: this.workerSocket };
      const [flight] = await Promise.all([
        preflight({ folder, checker, master }, files.configuration, running),
        folder.writeCandidate(files),
      ]);
      const { words } = flight;
      const replaced = await (words === undefined ? this.tryCandidate(files, flight) : this.refuse(words));
      this.tidying.schedule();
      return replaced;
    });
  }

  /**
   * Why a reload with this configuration would be refused, in HAProxy's own words; undefined when it would not. Changes
   * nothing, and leaves the warm checker to the next reload.
   */
  async wordsAgainst(configuration: string): Promise<string | undefined> {
    const words = await new WarmCheck(this.program, this.folder.path).check(configuration);
    if (words !== undefined || this.serving === undefined) return words;
    return whyNotListen(configuration, (await this.folder.current()) ?? '', this.serving.masterPid);
  }

  keep(files: () => HaproxyFiles): void {
    this.writer.later(files);
  }

  async askOldWorkers(command: string): Promise<readonly OldWorkerAnswer[]> {
    const processes = await this.master.settledProcesses(); // right after a reload it is not there yet
    const old = processes?.oldWorkers ?? [];
    return Promise.all(old.map(async ({ pid }) => ({ pid, answer: await this.askOldWorker(pid, command) })));
  }

  async askOldWorker(pid: number, command: string): Promise<string> {
    return this.master.askWorker(pid, command);
  }

  /** Undefined while none runs. */
  async status(): Promise<HaproxyStatus | undefined> {
    if (this.serving === undefined) return undefined;
    const { version, pid, maxConnections } = this.serving.worker;
    const processes = await this.master.processes();
    return { version, pid: processes?.worker ?? pid, old: processes?.oldWorkers ?? [], maxConnections };
  }

  /** Stops listening, gives open connections `graceMs` to end, then ends HAProxy. */
  async stop(graceMs = 3_000): Promise<void> {
    await this.leaveServing();
    const { serving } = this;
    this.serving = undefined;
    if (serving === undefined) return;
    await this.master.settledProcesses(); // signals are lost on a master that is just starting (2.6.12)
    await endProcess(serving.masterPid, graceMs);
  }

  /** Lets go of HAProxy, which serves on. The next `boot` in the same folder takes it over. */
  async leaveServing(): Promise<void> {
    this.isLeaving = true;
    this.watchdog.rest();
    await this.writer.now();
    await this.serial.run(async () => {
      await this.tidy();
      this.checker.cool();
    });
  }

  private serve({ masterPid, worker }: Serving): void {
    this.serving = { masterPid, worker };
    this.generation += 1;
    if (!this.isLeaving) this.watchdog.watch(masterPid);
    const outage = this.outage.end();
    if (outage !== undefined) this.tell({ kind: 'started-again', ...outage });
  }

  /** What nobody waits for: it would take the processor from the new worker. */
  private async tidy(): Promise<void> {
    this.tidying.cancel();
    this.checker.warm();
    if (this.unsettled !== undefined) await this.folder.settle(this.unsettled).catch(() => undefined); // the next one tries
    this.unsettled = undefined;
  }

  private async refuse(words: string): Promise<Replaced> {
    await this.folder.discardCandidate();
    return { kind: 'refused', words };
  }

  private async tryCandidate(
    { name, configuration }: HaproxyFiles,
    { processes, untaughtTables }: Preflight,
  ): Promise<Replaced> {
    const before = this.workerSocket;
    const clients = before === undefined ? [] : await rememberedClients(new RuntimeApi(before), untaughtTables);
    this.folder.promote();
    const arrival = processes === undefined ? await this.start() : await this.reload(processes, name);
    if (arrival.kind === 'failed') {
      await this.folder.revert();
      return { kind: 'refused', words: arrival.words };
    }
    if (clients.length > 0)
      await carryClients(new RuntimeApi(this.folder.workerSocket(name)), clients, tableTypesIn(configuration));
    this.writer.forget(); // these files are newer
    this.unsettled = name;
    return { kind: 'replaced', method: processes === undefined ? 'start' : 'reload' };
  }

  /** Starts the current configuration; when it was just being tried and does not serve, what was before it. */
  private async startLastGood(): Promise<Arrival> {
    const arrival = await this.start();
    if (arrival.kind === 'serves' || !this.folder.hasPrevious()) return arrival;
    await this.folder.revert();
    return this.start();
  }

  /** Starts the current configuration. */
  private async start(): Promise<Arrival> {
    const name = (await this.folder.name()) ?? '';
    const { arrival, masterPid } = await startMaster(this.program, this.folder, name, (pid) =>
      this.watchdog.ended(pid),
    );
    if (arrival.kind === 'serves' && masterPid !== undefined) this.serve({ masterPid, worker: arrival.worker });
    return arrival;
  }

  private async reload(before: Processes, name: string): Promise<Arrival> {
    const arrival = await reloadMaster(this.master, before, this.folder, name);
    if (arrival.kind === 'serves') this.serve({ masterPid: before.masterPid, worker: arrival.worker });
    return arrival;
  }

  /**
   * Only of what runs: a structure that was refused must not be what the next start takes. The worker may have got and lost
   * servers since it started: it keeps the socket of the name that it started with.
   */
  private async writeKept(files: HaproxyFiles): Promise<void> {
    const current = (await this.folder.name()) ?? '';
    if (structureIn(files.name) !== structureIn(current)) return;
    await this.folder.writeCandidate(files);
    this.folder.promote();
    await this.folder.settle(this.serving?.worker.description ?? files.name);
    await this.folder.trimLog();
  }

  private noticeEnd(): void {
    this.serving = undefined;
    this.generation += 1;
    this.outage.begin();
    this.tell({ kind: 'ended' });
    this.startAgain();
  }

  private startAgain(): void {
    const start = async (): Promise<Arrival | undefined> => {
      await this.writer.now();
      const isWanted = (): boolean => !this.isLeaving && this.serving === undefined;
      return this.serial.run(async () => (isWanted() ? this.startLastGood() : undefined));
    };
    void startAgain(start, (words) => {
      this.outage.startFailed(words);
      this.tell({ kind: 'not-started', words });
    });
  }

  private tell(incident: HaproxyIncident): void {
    this.options.onIncident?.(incident);
  }
}
