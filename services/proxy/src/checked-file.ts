import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** One file: the SHA-256 of the rest on its first line, then the rest. A torn or foreign file is no file. */
export class CheckedFile {
  constructor(private readonly file: string) {}

  /** Undefined when it is not there, or damaged. Throws what else the file system throws. */
  async read(): Promise<string | undefined> {
    const text = await readFile(this.file, 'utf8').catch(undefinedWhenMissing);
    if (text === undefined) return undefined;
    const lineEnd = text.indexOf('\n');
    const body = text.slice(lineEnd + 1);
    return text.slice(0, lineEnd) === checksum(body) ? body : undefined;
  }

  /** Replaces the file as a whole: after a crash at any line there is the old one or the new one. */
  async write(body: string): Promise<void> {
    await mkdir(dirname(this.file), { recursive: true, mode: 0o755 });
    const candidate = `${this.file}.new`;
    const handle = await open(candidate, 'w', 0o600);
    try {
      await handle.writeFile(`${checksum(body)}\n${body}`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(candidate, this.file);
  }
}

const checksum = (text: string): string => createHash('sha256').update(text).digest('hex');

const undefinedWhenMissing = (failure: NodeJS.ErrnoException): undefined => {
  if (failure.code !== 'ENOENT') throw failure;
};
