import { certificatesOf, type Cluster } from '@evenkeel/cluster';
import { CertificateBody, CertificateResource, type CertificateState, Label, pageOf } from '@evenkeel/contracts';
import { Clock } from '@evenkeel/kernel';
import { Body, Controller, Delete, Get, Param, Put, Res } from '@nestjs/common';
import type { Response } from 'express';
import * as z from 'zod';
import { Asked, AskedToRemove, type Asking, type AskingToRemove, etagOf } from '../book/asking.ts';
import { ClusterView } from '../book/cluster-view.ts';
import { SealedStore } from '../book/sealed-store.ts';
import { Writes, type Written } from '../book/writes.ts';
import { Answers, Group, Removing, Writing } from '../openapi/answers.ts';
import { refusalToProblem } from '../problems/refusal-to-problem.ts';
import { readBundle } from './read-bundle.ts';

const Path = z.strictObject({ name: Label });
type Path = z.infer<typeof Path>;
const Page = pageOf(CertificateResource, 'CertificatePage');

/** What services show their clients. Keys come in and never go out. */
@Group('Certificates')
@Controller('certificates')
export class CertificatesController {
  constructor(
    private readonly view: ClusterView,
    private readonly writes: Writes,
    private readonly store: SealedStore,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Answers(200, Page, 'All certificates by name: facts, never keys')
  list(): z.infer<typeof Page> {
    const cluster = this.view.cluster();
    const states = [...cluster.certificates.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return { items: states.map((state) => resourceOf(cluster, state)) };
  }

  @Get(':name')
  @Answers(200, CertificateResource, 'One certificate; the ETag is for If-Match')
  get(@Param({ schema: Path }) { name }: Path, @Res({ passthrough: true }) response: Response): CertificateResource {
    const cluster = this.view.cluster();
    const state = cluster.certificates.get(name);
    if (state === undefined) throw unknown(cluster, name);
    response.setHeader('ETag', etagOf(state.version));
    return resourceOf(cluster, state);
  }

  @Put(':name')
  @Writing(200, 'Store a certificate with its key, or replace it: nodes take it up without a reload')
  async put(
    @Asked() asking: Asking,
    @Param({ schema: Path }) { name }: Path,
    @Body({ schema: CertificateBody }) { chain, key, reason, ticket }: CertificateBody,
  ): Promise<Written> {
    const bundle = readBundle(chain, key, this.clock.nowMs());
    if (!bundle.ok) throw refusalToProblem({ kind: 'invalid-input', errors: [...bundle.refusal] });
    const { facts, pem } = bundle.value;
    if (!asking.query.dryRun) await this.store.keepCertificate(facts.material, pem);
    const command = { kind: 'StoreCertificate', certificate: name, facts } as const;
    return this.writes.submit(asking, command, { reason, ticket }, (cluster) => {
      const state = cluster.certificates.get(name);
      return state && resourceOf(cluster, state);
    });
  }

  @Delete(':name')
  @Removing('Remove a certificate that no service shows; its sealed key stays, so that this can be reverted')
  remove(@AskedToRemove('service') asking: AskingToRemove, @Param({ schema: Path }) { name }: Path): Promise<Written> {
    const command = { kind: 'RemoveCertificate', certificate: name } as const;
    return this.writes.submit(asking, command, asking.why, () => undefined);
  }
}

const unknown = (cluster: Cluster, certificate: string) =>
  refusalToProblem({ kind: 'unknown-certificate', certificate, known: [...cluster.certificates.keys()].toSorted() });

const resourceOf = (cluster: Cluster, { name, facts, version }: CertificateState): CertificateResource => ({
  name,
  ...facts,
  usedBy: [...cluster.virtualServices.values()]
    .filter(({ spec }) => certificatesOf(spec).includes(name))
    .map(({ id, spec: { label } }) => ({ virtualServiceId: id, label })),
  revision: version,
});
