import type { Actor } from '@evenkeel/contracts';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { problem } from '../problems/problem-exception.ts';
import type { Tokens } from './tokens.ts';

/** The request with who asks. */
export type SignedRequest = Request & { actor?: Actor };

/** Lets in who carries a token of ours, and names the actor. */
export class BearerGuard implements CanActivate {
  constructor(private readonly tokens: Tokens) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<SignedRequest>();
    const [scheme, token] = (request.headers.authorization ?? '').split(' ');
    if (scheme?.toLowerCase() !== 'bearer' || token === undefined) {
      throw problem(401, 'not-signed-in', 'Send the header "Authorization: Bearer <token>".');
    }
    const owner = await this.tokens.owner(token);
    if (owner === undefined) throw problem(401, 'not-signed-in', 'This token is not known.');
    const address = request.socket.remoteAddress;
    request.actor = {
      name: owner.name,
      kind: 'token',
      authenticatedBy: `token ek_${owner.role}_${owner.id}`,
      ...(address === undefined ? {} : { address }),
    };
    return true;
  }
}
