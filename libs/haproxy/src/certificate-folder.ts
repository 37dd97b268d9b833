import { chmod, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { certificateFile } from '@evenkeel/data-plane';

/**
 * Chains with their keys, readable by their owner alone: HAProxy starts from these files, with nobody else there. The first
 * line of each names its material; HAProxy reads past it.
 */
export class CertificateFolder {
  constructor(private readonly working: string) {}

  /** Undefined when there is none under that name. */
  async materialOf(name: string): Promise<string | undefined> {
    const text = await readFile(this.path(name), 'utf8').catch(undefinedWhenMissing);
    return text === undefined ? undefined : /^# material ([0-9a-f]{64})\n/.exec(text)?.[1];
  }

  /** The chain and the key, in PEM. */
  async read(name: string): Promise<string> {
    return (await readFile(this.path(name), 'utf8')).replace(/^#.*\n/, '');
  }

  /** Whole or not at all. */
  async write(name: string, material: string, pem: string): Promise<void> {
    const folder = join(this.working, 'certificates');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    const draft = await open(`${this.path(name)}.new`, 'w', 0o600);
    try {
      await draft.chmod(0o600); // a draft that a killed run left may have another mode
      await draft.writeFile(`# material ${material}\n${pem}`);
      await draft.sync();
    } finally {
      await draft.close();
    }
    await rename(`${this.path(name)}.new`, this.path(name));
  }

  /** Keys of certificates that the book has no more do not stay. */
  async keepOnly(names: readonly string[]): Promise<void> {
    const known = new Set(names.map((name) => this.path(name)));
    const files = (await readdir(join(this.working, 'certificates')).catch(undefinedWhenMissing)) ?? [];
    const stale = files.map((file) => join(this.working, 'certificates', file)).filter((path) => !known.has(path));
    await Promise.all(stale.map((path) => rm(path, { force: true })));
  }

  private path(name: string): string {
    return join(this.working, certificateFile(name));
  }
}

const undefinedWhenMissing = (failure: NodeJS.ErrnoException): undefined => {
  if (failure.code !== 'ENOENT') throw failure;
};
