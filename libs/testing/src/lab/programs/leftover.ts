import { rm } from 'node:fs/promises';
import { removeNamespace } from '../network/namespace.ts';
import { signalGroup } from './process-group.ts';

/** Something that would stay on the machine after we are gone. */
export type Leftover =
  | { readonly kind: 'process-group'; readonly pid: number }
  | { readonly kind: 'namespace'; readonly name: string }
  | { readonly kind: 'folder'; readonly path: string };

/** Removes one thing. Safe to repeat; a thing that is gone already is fine. */
export const removeLeftover = async (leftover: Leftover): Promise<void> => {
  switch (leftover.kind) {
    case 'process-group':
      return signalGroup(leftover.pid, 'SIGKILL');
    case 'namespace':
      return removeNamespace(leftover.name);
    case 'folder':
      return rm(leftover.path, { recursive: true, force: true, maxRetries: 5 });
    default:
      return leftover satisfies never;
  }
};
