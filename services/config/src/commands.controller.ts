import { type CommandAnswer, CommandRequest, type RehearsalAnswer, RehearsalRequest, rpc } from '@evenkeel/contracts';
import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { Book } from './book/book.ts';

/** Wishes come in here. Refusals travel back as data. */
@Controller()
export class CommandsController {
  constructor(private readonly book: Book) {}

  @MessagePattern(rpc.command)
  command(@Payload() message: unknown): Promise<CommandAnswer> {
    return this.book.command(CommandRequest.parse(message)); // checked again: processes upgrade one at a time
  }

  @MessagePattern(rpc.rehearse)
  rehearse(@Payload() message: unknown): Promise<RehearsalAnswer> {
    return this.book.rehearse(RehearsalRequest.parse(message));
  }
}
