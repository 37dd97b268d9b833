import { readFileSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { HaMaintenance } from '@evenkeel/contracts';

/**
 * That this node is in maintenance, in a file of its own: it outlives restarts, and unlike the epoch it can be written while the
 * agent goes on, which a slow disk would hold up.
 */
export class MaintenanceNote {
  private known: HaMaintenance | undefined;

  /** A note that cannot be read throws: a node that somebody has taken out must not come back by itself. */
  constructor(private readonly folder: string) {
    this.known = read(this.path);
  }

  get current(): HaMaintenance | undefined {
    return this.known;
  }

  /** On disk when it resolves; `current` is the new one then. */
  async keep(maintenance: HaMaintenance | undefined): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    if (maintenance === undefined) await rm(this.path, { force: true });
    else await this.write(maintenance);
    await syncFile(this.folder, 'r');
    this.known = maintenance;
  }

  private get path(): string {
    return join(this.folder, 'maintenance.json');
  }

  /** Either the old note or the new one is there, whatever happens in between. */
  private async write(maintenance: HaMaintenance): Promise<void> {
    const next = `${this.path}.next`;
    await syncFile(next, 'w', JSON.stringify(maintenance));
    await rename(next, this.path);
  }
}

const syncFile = async (path: string, flags: 'r' | 'w', content?: string): Promise<void> => {
  const file = await open(path, flags, 0o600);
  try {
    if (content !== undefined) await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
};

const read = (path: string): HaMaintenance | undefined => {
  try {
    return HaMaintenance.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`${path} cannot be read; it says that this node is in maintenance`, { cause: failure });
  }
};
