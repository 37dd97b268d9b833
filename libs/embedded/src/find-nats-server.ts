import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Path of `nats-server`, undefined when it is not installed. Looks in the administrator's folders too, which a user's PATH lacks. */
export const findNatsServer = async (): Promise<string | undefined> => {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  for (const folder of folders.filter((one) => one !== '')) {
    const path = join(folder, 'nats-server');
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
};
