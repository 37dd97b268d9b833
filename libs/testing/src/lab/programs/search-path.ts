import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

// Debian keeps Orthanc, nmbd and sysctl where a normal user's PATH does not look.
const systemFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** Variables that a child gets beside ours. */
export type Variables = Readonly<Record<string, string>>;

/** The environment of a child: ours with the system folders at the end of PATH, then its own variables. */
export const childEnvironment = (own: Variables = {}): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: [process.env['PATH'] ?? '', ...systemFolders].join(delimiter),
  ...own,
});

/** Whether a child would find this program. */
export const isInstalled = (program: string): boolean =>
  (childEnvironment()['PATH'] ?? '').split(delimiter).some((folder) => isExecutable(join(folder, program)));

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};
