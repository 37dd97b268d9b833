import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keep } from './keeper.ts';
import { removeLeftover } from './leftover.ts';

/** A folder of our own that goes when we say so, or when this process ends. */
export type TempFolder = { readonly path: string; remove(): Promise<void> };

export const makeTempFolder = async (purpose: string): Promise<TempFolder> => {
  const path = await mkdtemp(join(tmpdir(), `evenkeel-${purpose}-`));
  const forget = keep({ kind: 'folder', path });
  const remove = async (): Promise<void> => {
    await removeLeftover({ kind: 'folder', path });
    forget();
  };
  return { path, remove };
};
