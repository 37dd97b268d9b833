import type { RealServerResource, WriteAnswer } from '@evenkeel/contracts';
import type { JsonClient } from '../support/json-client.ts';
import type { Acknowledged } from './scribe.ts';
import { vip } from './stack/stack.ts';

/** Somebody who makes one change after the other. Throws what the API says when it does not say yes. */
export type Lane = {
  next(reason: string): Promise<Acknowledged>;
  /** Leaves things as they were found: the next fault counts on every server. */
  end(): Promise<void>;
};

/** Drains a real server, brings it back, and gives it new weights: HAProxy takes all of that at run time. */
export class RuntimeLane implements Lane {
  private turn = 0;
  private version: number;
  private readonly path: string;

  /** Nobody else may change this server meanwhile. */
  constructor(
    private readonly api: JsonClient,
    server: RealServerResource,
  ) {
    this.version = server.revision;
    this.path = `/virtual-services/${server.virtualServiceId}/real-servers/${server.id}`;
  }

  async next(reason: string): Promise<Acknowledged> {
    const answer = await this.change(reason);
    // A weight that was there already changes nothing: then the answer's revision is not the server's.
    this.version = (answer.resource as RealServerResource).revision;
    this.turn += 1;
    return { revision: answer.revision, reason };
  }

  async end(): Promise<void> {
    await this.api.call('POST', `${this.path}/online`, { reason: 'fault suite, back again' });
  }

  private change(reason: string): Promise<WriteAnswer> {
    const { api, path, turn, version } = this;
    if (turn % 2 === 0) return api.call('POST', `${path}/${turn % 4 === 0 ? 'drain' : 'online'}`, { reason });
    const body = { weight: 50 + (turn % 100), reason };
    return api.call('PATCH', path, body, { 'If-Match': `"${version}"` });
  }
}

/** Adds a service with nobody behind it and takes it away again: structure, and so a reload each. */
export class StructureLane implements Lane {
  private added: { readonly id: string; readonly version: number } | undefined;

  constructor(
    private readonly api: JsonClient,
    private readonly port: number,
  ) {}

  async next(reason: string): Promise<Acknowledged> {
    const answer = await (this.added === undefined ? this.add(reason) : this.remove(this.added, reason));
    this.added = this.added === undefined ? { id: idIn(answer), version: answer.revision } : undefined;
    return { revision: answer.revision, reason };
  }

  async end(): Promise<void> {
    if (this.added !== undefined) await this.next('fault suite, gone again');
  }

  private add(reason: string): Promise<WriteAnswer> {
    const at = { label: `Extra-${this.port}`, address: vip, ports: [this.port], layer: 7, mode: 'tcp' };
    const service = { ...at, healthCheck: { kind: 'none' }, realServers: [] };
    return this.api.call('POST', '/virtual-services', { ...service, reason });
  }

  private remove({ id, version }: { id: string; version: number }, reason: string): Promise<WriteAnswer> {
    const query = new URLSearchParams({ reason }).toString();
    return this.api.call('DELETE', `/virtual-services/${id}?${query}`, undefined, { 'If-Match': `"${version}"` });
  }
}

const idIn = ({ resource }: WriteAnswer): string => (resource as { id: string }).id;
