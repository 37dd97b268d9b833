import { type Cluster, usersOfSecret } from '@evenkeel/cluster';
import { Label, pageOf, SecretBody, SecretResource, type SecretState } from '@evenkeel/contracts';
import { throwawayKey } from '@evenkeel/kernel/sealing';
import { Body, Controller, Delete, Get, Param, Put, Res } from '@nestjs/common';
import type { Response } from 'express';
import * as z from 'zod';
import { Asked, AskedToRemove, type Asking, type AskingToRemove, etagOf } from '../book/asking.ts';
import { ClusterView } from '../book/cluster-view.ts';
import { SealedStore } from '../book/sealed-store.ts';
import { Writes, type Written } from '../book/writes.ts';
import { Answers, Group, Removing, Writing } from '../openapi/answers.ts';
import { refusalToProblem } from '../problems/refusal-to-problem.ts';
import { readCredentials } from './read-credentials.ts';

const Path = z.strictObject({ name: Label });
type Path = z.infer<typeof Path>;
const Page = pageOf(SecretResource, 'SecretPage');

/** What health checks sign in with. Values come in and never go out. */
@Group('Secrets')
@Controller('secrets')
export class SecretsController {
  constructor(
    private readonly view: ClusterView,
    private readonly writes: Writes,
    private readonly store: SealedStore,
  ) {}

  @Get()
  @Answers(200, Page, 'All secrets by name, never their values')
  list(): z.infer<typeof Page> {
    const cluster = this.view.cluster();
    const states = [...cluster.secrets.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return { items: states.map((state) => resourceOf(cluster, state)) };
  }

  @Get(':name')
  @Answers(200, SecretResource, 'One secret, without its value; the ETag is for If-Match')
  get(@Param({ schema: Path }) { name }: Path, @Res({ passthrough: true }) response: Response): SecretResource {
    const cluster = this.view.cluster();
    const state = cluster.secrets.get(name);
    if (state === undefined) throw unknown(cluster, name);
    response.setHeader('ETag', etagOf(state.version));
    return resourceOf(cluster, state);
  }

  @Put(':name')
  @Writing(200, 'Store a secret, or replace its value: checks use the new one from their next question on')
  async put(
    @Asked() asking: Asking,
    @Param({ schema: Path }) { name }: Path,
    @Body({ schema: SecretBody }) { kind, username, password, reason, ticket }: SecretBody,
  ): Promise<Written> {
    const credentials = readCredentials(username, password);
    if (!credentials.ok) throw refusalToProblem({ kind: 'invalid-input', errors: [...credentials.refusal] });
    // A dry run leaves nothing behind, so it must not tell either whether a guess is what is stored: its name fits nothing.
    const material = asking.query.dryRun
      ? throwawayKey().nameFor(name)
      : await this.store.keepSecret(name, JSON.stringify(credentials.value));
    const command = { kind: 'StoreSecret', secret: name, facts: { kind, material } } as const;
    return this.writes.submit(asking, command, { reason, ticket }, (cluster) => {
      const state = cluster.secrets.get(name);
      return state && resourceOf(cluster, state);
    });
  }

  @Delete(':name')
  @Removing('Remove a secret that no check signs in with; what is sealed stays, so that this can be reverted')
  remove(@AskedToRemove('service') asking: AskingToRemove, @Param({ schema: Path }) { name }: Path): Promise<Written> {
    return this.writes.submit(asking, { kind: 'RemoveSecret', secret: name }, asking.why, () => undefined);
  }
}

const unknown = (cluster: Cluster, secret: string) =>
  refusalToProblem({ kind: 'unknown-secret', secret, known: [...cluster.secrets.keys()].toSorted() });

const resourceOf = (cluster: Cluster, { name, facts: { kind }, version }: SecretState): SecretResource => ({
  name,
  kind,
  usedBy: usersOfSecret(cluster, name),
  revision: version,
});
