import { type Cluster } from '@evenkeel/cluster';
import { type CertificateState } from '@evenkeel/contracts';
import { certificateFile, type Certificates, HaproxyUnreachable } from '@evenkeel/data-plane';
import { CertificateFolder } from './certificate-folder.ts';
import { type HaproxyHost } from './host.ts';
import { request } from './socket-request.ts';

export type HaproxyCertificatesOptions = {
  /** HAProxy's working folder. */
  readonly folder: string;
  readonly host: Pick<HaproxyHost, 'workerSocket'>;
  /** The chain and then the key, in PEM. Throws, with words for a person, when they cannot be had. */
  readonly bring: (certificate: CertificateState) => Promise<string>;
};

/** Source: HAProxy management guide 2.6, section 9.3, `set ssl cert`; tried on 2.6.12. */
export class HaproxyCertificates implements Certificates {
  private readonly files: CertificateFolder;
  private held: Cluster['certificates'] | undefined;

  constructor(private readonly options: HaproxyCertificatesOptions) {
    this.files = new CertificateFolder(options.folder);
  }

  async hold(certificates: Cluster['certificates']): Promise<ReadonlyMap<string, string>> {
    const lacking = new Map<string, string>();
    if (this.held === certificates || (this.held === undefined && certificates.isEmpty())) return lacking;
    for (const state of certificates.values()) {
      if (this.held?.get(state.name) === state) continue;
      const words = await this.holdOne(state);
      if (words !== undefined) lacking.set(state.name, words);
    }
    await this.files.keepOnly([...certificates.keys()]);
    this.held = lacking.size === 0 ? certificates : certificates.filter(({ name }) => !lacking.has(name));
    return lacking;
  }

  async running(names: readonly string[]): Promise<ReadonlyMap<string, string> | undefined> {
    const socket = this.options.host.workerSocket;
    if (socket === undefined) return undefined;
    const seen = new Map<string, string>();
    for (const name of names) {
      const answer = await request(socket, `show ssl cert ${certificateFile(name)}`);
      const fingerprint = /^SHA1 FingerPrint: ([0-9A-F]{40})$/m.exec(answer)?.[1];
      if (fingerprint !== undefined) seen.set(name, fingerprint.toLowerCase());
    }
    return seen;
  }

  async replace(name: string): Promise<string | undefined> {
    const file = certificateFile(name);
    const pem = await this.files.read(name);
    // An empty line ends what is sent.
    const staged = await this.tell(`set ssl cert ${file}`, ` <<\n${pem.trim().replaceAll(/\n{2,}/g, '\n')}\n`);
    if (!/^Transaction (created|updated) for certificate /m.test(staged)) return staged.trim();
    const committed = await this.tell(`commit ssl cert ${file}`);
    if (/^Success!$/m.test(committed)) return undefined;
    await this.tell(`abort ssl cert ${file}`);
    return committed.trim();
  }

  private async holdOne(state: CertificateState): Promise<string | undefined> {
    const { name, facts } = state;
    try {
      if ((await this.files.materialOf(name)) === facts.material) return undefined;
      await this.files.write(name, facts.material, await this.options.bring(state));
      return undefined;
    } catch (failure) {
      return `certificate ${name} is not on this node: ${failure instanceof Error ? failure.message : String(failure)}`;
    }
  }

  /** What is sent after the command holds a key, so no failure may quote it. */
  private async tell(command: string, content = ''): Promise<string> {
    const socket = this.options.host.workerSocket;
    if (socket === undefined) throw new HaproxyUnreachable(command, { cause: new Error('HAProxy does not run') });
    try {
      return await request(socket, command + content);
    } catch {
      throw new HaproxyUnreachable(command);
    }
  }
}
