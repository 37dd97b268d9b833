import {
  type CommandAnswer,
  type CommandRequest,
  type CommitsPage,
  type FindCommits,
  type FoundCommits,
  type MaterialAnswer,
  type MaterialKept,
  type ReadCommits,
  type ReadSnapshot,
  type ReadState,
  type RehearsalAnswer,
  type RehearsalRequest,
  rpc,
  type SealedMaterial,
  type SnapshotAnswer,
  type StateAnswer,
  type TokenAnswer,
} from '@evenkeel/contracts';
import { RequestError } from '@nats-io/transport-node';
import { firstValueFrom } from 'rxjs';
import type { SharedClientNats } from './shared-nats.ts';

/** `config` did not answer: it is away, or the bus is. The wish may or may not have reached it. */
export class ConfigAway extends Error {
  override readonly name = 'ConfigAway';

  constructor(
    readonly asked: string,
    readonly hasMaybeHappened: boolean,
    cause: unknown,
  ) {
    super(`config did not answer ${asked}`, { cause });
  }
}

/**
 * Everything that `config` answers, typed. Questions are checked by `config` (processes upgrade one at a time), answers
 * come from our own process and are trusted. Throws `ConfigAway`.
 */
export class ConfigClient {
  constructor(private readonly client: SharedClientNats) {}

  command(request: CommandRequest): Promise<CommandAnswer> {
    return this.ask(rpc.command, request);
  }

  /** Changes nothing, so asking again is always safe. */
  rehearse(request: RehearsalRequest): Promise<RehearsalAnswer> {
    return this.ask(rpc.rehearse, request);
  }

  commits(request: ReadCommits): Promise<CommitsPage> {
    return this.ask(rpc.commits, request);
  }

  find(request: FindCommits): Promise<FoundCommits> {
    return this.ask(rpc.find, request);
  }

  snapshot(request: ReadSnapshot): Promise<SnapshotAnswer> {
    return this.ask(rpc.snapshot, request);
  }

  state(request: ReadState): Promise<StateAnswer> {
    return this.ask(rpc.state, request);
  }

  /** Safe to repeat. */
  keepMaterial(material: SealedMaterial): Promise<MaterialKept> {
    return this.ask(rpc.keepMaterial, material);
  }

  material(material: string): Promise<MaterialAnswer> {
    return this.ask(rpc.material, { material });
  }

  token(id: string): Promise<TokenAnswer> {
    return this.ask(rpc.token, { id });
  }

  private async ask<Answer>(pattern: string, question: object): Promise<Answer> {
    try {
      return await firstValueFrom(this.client.send<Answer>(pattern, question));
    } catch (failure) {
      throw new ConfigAway(pattern, !isNobodyThere(failure), failure);
    }
  }
}

/** NATS says at once that nobody listens. */
const isNobodyThere = (failure: unknown): boolean => failure instanceof RequestError && failure.isNoResponders();
