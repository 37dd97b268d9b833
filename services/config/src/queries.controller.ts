import {
  type CommitsPage,
  FindCommits,
  type FoundCommits,
  type MaterialAnswer,
  type MaterialKept,
  ReadCommits,
  ReadMaterial,
  ReadSnapshot,
  ReadState,
  ReadToken,
  rpc,
  SealedMaterial,
  type SnapshotAnswer,
  type StateAnswer,
  type TokenAnswer,
} from '@evenkeel/contracts';
import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { Archive } from './book/archive.ts';

/** Questions about the book. */
@Controller()
export class QueriesController {
  constructor(private readonly archive: Archive) {}

  @MessagePattern(rpc.commits)
  commits(@Payload() message: unknown): Promise<CommitsPage> {
    return this.archive.commits(ReadCommits.parse(message));
  }

  @MessagePattern(rpc.find)
  find(@Payload() message: unknown): Promise<FoundCommits> {
    return this.archive.find(FindCommits.parse(message));
  }

  @MessagePattern(rpc.snapshot)
  snapshot(@Payload() message: unknown): Promise<SnapshotAnswer> {
    return this.archive.snapshot(ReadSnapshot.parse(message));
  }

  @MessagePattern(rpc.state)
  state(@Payload() message: unknown): Promise<StateAnswer> {
    return this.archive.state(ReadState.parse(message));
  }

  @MessagePattern(rpc.keepMaterial)
  keepMaterial(@Payload() message: unknown): Promise<MaterialKept> {
    return this.archive.keepMaterial(SealedMaterial.parse(message));
  }

  @MessagePattern(rpc.material)
  material(@Payload() message: unknown): Promise<MaterialAnswer> {
    return this.archive.material(ReadMaterial.parse(message).material);
  }

  @MessagePattern(rpc.token)
  token(@Payload() message: unknown): Promise<TokenAnswer> {
    return this.archive.token(ReadToken.parse(message).id);
  }
}
